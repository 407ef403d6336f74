using System.ComponentModel;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>The images under test, built once by <c>.ci/image/build</c> from the Dockerfile that ships.</summary>
internal static class Images
{
    public const string Sidecar = "credential-sidecar-test/sidecar";
    public const string Init = "credential-sidecar-test/init";
    public const string Emulator = "credential-sidecar-test/emulator";

    /// <summary>An application's image: the AWS CLI, a shell, curl, wrk, nft.</summary>
    public const string Client = "credential-sidecar-test/client";

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(15);
    private static readonly Lazy<Task<string?>> Missing = new(FindMissingAsync);
    private static readonly Lazy<Task<Command.Ended>> Built = new(() => Command.RunAsync(Path.Combine(Tree.Root, ".ci", "image", "build"), [], limit: BuildLimit));

    /// <summary>Skips the test where there is no engine, and fails it where the images do not build.</summary>
    public static async Task RequireAsync()
    {
        var missing = await Missing.Value;
        Assert.SkipUnless(missing is null, missing ?? "");
        (await Built.Value).Succeeded();
    }

    private static async Task<string?> FindMissingAsync()
    {
        foreach (var (program, package) in new[] { ("docker", "docker.io iptables"), ("docker-compose", "docker-compose"), ("mmdebstrap", "mmdebstrap") })
        {
            try
            {
                await Command.RunAsync(program, ["--version"]);
            }
            catch (Win32Exception)
            {
                return $"{program} is not installed: apt-get install -y --no-install-recommends {package}";
            }
        }

        var engine = await Command.RunAsync("docker", ["version"]);
        return engine.Code == 0 ? null : $"no container engine answers; .ci/engine up starts one: {engine.All.Split('\n')[^1]}";
    }
}
