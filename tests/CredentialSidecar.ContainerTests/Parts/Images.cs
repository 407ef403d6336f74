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
    private static readonly Lazy<Task<string?>> FirstMissing = new(FindMissingAsync);
    private static readonly Lazy<Task<Command.Ended>> Built =
        new(() => Command.RunAsync(Repository.File(".ci", "image", "build"), [], limit: BuildLimit));

    // Where they are asked for, as in CI, an engine is meant to be there.
    private static bool WantsPublicBases => Environment.GetEnvironmentVariable("CREDENTIAL_SIDECAR_PUBLIC_BASES") is not (null or "");

    /// <summary>Skips the test without an engine. Fails it where an engine is required or the images do not build.</summary>
    public static async Task RequireAsync()
    {
        var missing = await FirstMissing.Value;
        Assert.False(WantsPublicBases && missing is not null, missing);
        Assert.SkipUnless(missing is null, missing ?? "");
        (await Built.Value).Succeeded();
    }

    private static async Task<string?> FindMissingAsync()
    {
        if (!await ThereAsync("docker", "--version"))
        {
            return Missing("docker", "docker.io iptables");
        }

        // Only the programs that were compiled here need a base that is made here.
        if (!WantsPublicBases && !await ThereAsync("mmdebstrap", "--version"))
        {
            return Missing("mmdebstrap", "mmdebstrap");
        }

        if (!await ThereAsync("docker", "version"))
        {
            return "no container engine answers; .ci/engine up starts one";
        }

        return await Compose.FindAsync() is null ? Missing("docker-compose", "docker-compose") : null;

        static string Missing(string program, string packages) =>
            $"{program} is not installed: apt-get install -y --no-install-recommends {packages}";
    }

    internal static async Task<bool> ThereAsync(string program, params string[] words)
    {
        try
        {
            return await Command.RunAsync(program, words) is { Code: 0 };
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
