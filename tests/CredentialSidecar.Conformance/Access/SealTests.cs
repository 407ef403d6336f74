using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Access;

/// <summary>Secrets are sealed from the first moment on.</summary>
/// <remarks>The attacker is another process of the sidecar's own user that sees each process as it starts.</remarks>
/// <remarks>Natively compiled programs as the image has them: root's, with a mode that lets others run them and not read them.</remarks>
public sealed class SealTests : IAsyncLifetime
{
    private const int Starts = 150;
    private const string Python = "/usr/bin/python3";

    private static readonly string[] AsSidecar = ["--reuid", "9170", "--regid", "9170", "--clear-groups"];
    private static readonly string Native = Repository.File("artifacts", "native", "credential-sidecar");

    private readonly string _directory = Directory.CreateTempSubdirectory("seal-").FullName;

    public async ValueTask InitializeAsync()
    {
        await Installed.CommandAsync(
            "running as uid 9170 needs root and apt-get install -y --no-install-recommends util-linux",
            "setpriv",
            [.. AsSidecar, "true"]);
        await Installed.CommandAsync("python3 is not installed: apt-get install -y --no-install-recommends python3", Python, "--version");
        Assert.SkipUnless(File.Exists(Native), "the native program is not built: make native");
        await DoAsync("chmod", "755", _directory);
        await DoAsync("install", "-m", "644", Programs.PathOf("Access/seal_race.py"), _directory);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("healthcheck")]
    [InlineData("serve")]
    public async Task No_process_of_its_own_user_reads_environment_or_memory_of_a_command_that_starts(string command)
    {
        var program = await InstallAsync(Native, "0111");
        Assert.Equal((Starts, 0, 0), await RaceAsync(Starts, program, command));

        // The same program, where its user may read it: without the mode the race is won.
        var readable = await InstallAsync(Native, "0555");
        var (_, environment, memory) = await RaceAsync(Starts, readable, command);
        Assert.True(environment > 0 && memory > 0, $"{environment}, {memory}");
    }

    [Fact]
    public async Task No_process_of_its_own_user_reads_environment_or_memory_of_a_health_check_by_the_launcher()
    {
        var program = await InstallAsync(await LauncherProgram.PathAsync(), "0111");
        Assert.Equal((Starts, 0, 0), await RaceAsync(Starts, program, "--check"));
    }

    [Fact]
    public async Task A_sidecar_that_cannot_read_its_own_program_serves_and_installs_the_launcher_for_siblings()
    {
        var launcher = await LauncherProgram.PathAsync();
        var program = await InstallAsync(Native, "0111");
        await InstallAsync(launcher, "0111");
        var copy = Path.Combine(_directory, "share", "credential-sidecar", "credential-launch");
        await DoAsync("install", "-D", "-m", "0555", launcher, copy);
        var shared = Path.Combine(_directory, "shared");
        await DoAsync("install", "-d", "-o", "9170", shared);
        await using var emulator = await EmulatorProcess.StartAsync();
        var port = FreePort.Find();
        var settings = CleanEnvironment.With(
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("SIDECAR_SHARED_DIR", shared),
            ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_PORT", "0"), ("SIDECAR_HEALTH_PORT", $"{port}"), ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri),
            ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri));

        await using var sidecar = ChildProcess.Start("setpriv", [.. AsSidecar, "--bounding-set=-all", "--no-new-privs", program], settings);
        await sidecar.LineAsync(line => line.Contains("\"EventId\":303,", StringComparison.Ordinal));

        Assert.DoesNotContain(sidecar.Output, line => line.Contains("\"EventId\":107,", StringComparison.Ordinal));
        var cancelled = TestContext.Current.CancellationToken;
        Assert.Equal(
            await File.ReadAllBytesAsync(launcher, cancelled),
            await File.ReadAllBytesAsync(Path.Combine(shared, "credential-launch"), cancelled));
        Assert.Equal(0, (await ChildProcess.RunAsync("setpriv", [.. AsSidecar, program, "healthcheck", "--ready"], settings)).Code);
        var check = Path.Combine(_directory, "bin", "credential-launch");
        Assert.Equal(0, (await ChildProcess.RunAsync("setpriv", [.. AsSidecar, check, "--check"], settings)).Code);
    }

    private async Task<string> InstallAsync(string program, string mode)
    {
        var installed = Path.Combine(_directory, "bin", Path.GetFileName(program));
        await DoAsync("install", "-D", "-m", mode, program, installed);
        return installed;
    }

    private async Task<(int Starts, int Environment, int Memory)> RaceAsync(int starts, string program, string command)
    {
        string[] race = [.. AsSidecar, Python, Path.Combine(_directory, "seal_race.py"), $"{starts}", program, command];
        var ended = await ChildProcess.RunAsync("setpriv", race, CleanEnvironment.With(), TimeSpan.FromMinutes(5));
        Assert.True(ended.Code == 0, ended.ToString());
        var hits = JsonNode.Parse(ended.Output)!;
        return ((int)hits["starts"]!, (int)hits["environ"]!, (int)hits["mem"]!);
    }

    private static async Task DoAsync(string program, params string[] words)
    {
        var ended = await ChildProcess.RunAsync(program, words, CleanEnvironment.With());
        Assert.True(ended.Code == 0, ended.ToString());
    }
}
