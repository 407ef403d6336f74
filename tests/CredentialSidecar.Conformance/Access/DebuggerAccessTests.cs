using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Access;

/// <summary>CREDENTIAL_SIDECAR_UNSEALED opens the memory of a Debug build to debuggers, and never the program that ships.</summary>
public sealed class DebuggerAccessTests
{
    private static readonly string[] AsSidecar = ["--reuid", "9170", "--regid", "9170", "--clear-groups"];

#if DEBUG
    [Fact]
    public async Task A_Debug_build_lets_a_debugger_in_where_it_is_asked_to_and_warns() =>
        Assert.Equal((true, true), await ServeAsync(Programs.ManagedSidecar, "1"));

    [Fact]
    public async Task A_Debug_build_lets_no_debugger_in_without_the_variable() =>
        Assert.Equal((false, false), await ServeAsync(Programs.ManagedSidecar, null));
#endif

    [Fact]
    public async Task The_native_program_ignores_the_variable()
    {
        var native = Repository.File("artifacts", "native", "credential-sidecar");
        Assert.SkipUnless(File.Exists(native), "the native program is not built: make native");
        Assert.Equal((false, false), await ServeAsync(native, "1"));
    }

    private static async Task<(bool IsReadable, bool HasWarned)> ServeAsync(string program, string? unsealed)
    {
        await Installed.CommandAsync(
            "running as uid 9170 needs root and apt-get install -y --no-install-recommends util-linux",
            "setpriv",
            [.. AsSidecar, "true"]);
        await using var emulator = await EmulatorProcess.StartAsync();
        var settings = CleanEnvironment.With(
            ("CREDENTIAL_SIDECAR_UNSEALED", unsealed),
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_TOKEN", "9f2c7b1e4d6a8035c1e7f9a2b4d6c8e0"),
            ("SIDECAR_PORT", "0"), ("SIDECAR_HEALTH_PORT", "0"),
            ("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri));

        string[] words = [.. AsSidecar, "--bounding-set=-all", "--no-new-privs", program];
        await using var sidecar = ChildProcess.Start("setpriv", words, settings);
        await sidecar.LineAsync(line => line.Contains("\"EventId\":303,", StringComparison.Ordinal));

        var read = await ChildProcess.RunAsync(
            "setpriv", [.. AsSidecar, "cat", $"/proc/{sidecar.Id}/environ"], CleanEnvironment.With());
        return (read.Code == 0, sidecar.Output.Any(line => line.Contains("\"EventId\":107,", StringComparison.Ordinal)));
    }
}
