using System.Diagnostics;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Access;

/// <summary>What is in the sidecar's memory stays there.</summary>
public sealed class MemoryAndChildrenTests : IDisposable
{
    private const string NeedsRoot = "running as uid 9170 needs root and apt-get install -y --no-install-recommends util-linux";

    private const string Token = "9f2c7b1e4d6a8035c1e7f9a2b4d6c8e0";

    private readonly string _directory = Directory.CreateTempSubdirectory("hygiene-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Another_process_of_its_own_user_reads_neither_its_memory_nor_its_environment_and_no_core_is_written()
    {
        await Installed.CommandAsync(NeedsRoot, "setpriv", "--reuid", "9170", "--clear-groups", "true");
        await using var emulator = await EmulatorProcess.StartAsync();
        Allow(_directory);

        // As in the image: no capability, and a shell that allows cores before it becomes the sidecar.
        await using var sidecar = ChildProcess.Start(
            "setpriv",
            [
                "--reuid", "9170", "--regid", "9170", "--clear-groups", "--bounding-set=-all", "--no-new-privs",
                "sh", "-c", $"cd {_directory} && ulimit -c unlimited 2>/dev/null; exec \"$0\"", Programs.Sidecar,
            ],
            new Dictionary<string, string?>(Environment(emulator)) { ["DOTNET_EnableDiagnostics"] = "0" });
        await sidecar.LineAsync(line => line.Contains("\"EventId\":300,", StringComparison.Ordinal));
        Assert.DoesNotContain(sidecar.Output, line => line.Contains("\"EventId\":107,", StringComparison.Ordinal));

        foreach (var file in (string[])["environ", "mem", "maps"])
        {
            var read = await AsSidecarAsync("cat", $"/proc/{sidecar.Id}/{file}");
            Assert.True(read.Code != 0 && read.Output.Length == 0, $"{file}: {read}");
        }

        // By .NET's own diagnostics it would tell them, and load code of others.
        Assert.Empty(Directory.EnumerateFileSystemEntries("/tmp", $"*-{sidecar.Id}-*"));

        Assert.Matches(@"Max core file size +0 +0 ", File.ReadAllText($"/proc/{sidecar.Id}/limits"));

        // SIGXCPU: its default is a core, and .NET does not handle it.
        sidecar.Signal(24);
        await sidecar.ExitAsync();
        Assert.Empty(Leaks.In([.. sidecar.Output, .. sidecar.Errors], [Token, DefaultWorld.ExternalId, .. await emulator.SecretsAsync()]));
        Assert.Empty(Directory.EnumerateFiles(_directory, "core*"));

        // The same, done to a process that forbids nothing, so that it is not this machine that forbids it.
        string[] words = ["--reuid", "9170", "--regid", "9170", "--clear-groups", "sleep", "60"];
        await using var other = ChildProcess.Start("setpriv", words, CleanEnvironment.With(("X", "visible")));
        await Eventually.HoldsAsync(
            async () => (await AsSidecarAsync("cat", $"/proc/{other.Id}/environ")).Output.Contains("X=visible", StringComparison.Ordinal),
            () => "another process's environment cannot be read here either");
    }

    [Fact]
    public async Task A_program_that_the_SDK_starts_inherits_no_secret_and_none_is_in_any_argument()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        var (seen, helper) = (Path.Combine(_directory, "seen"), Path.Combine(_directory, "helper"));
        var token = new string([.. "canary-7Hq2Zx9Lk4".Reverse()]) + "0123456789abcdefghij";
        const string Keys = "{\"Version\":1,\"AccessKeyId\":\"AKIDHELPER\",\"SecretAccessKey\":\"x\"}";
        File.WriteAllText(helper, $"#!/bin/sh\nenv > {seen}\necho '{Keys}'\n");
        Allow(helper);
        File.WriteAllText(Path.Combine(_directory, "config"), $"[default]\ncredential_process = {helper}\n");

        var variables = Environment(emulator);
        variables["SIDECAR_TOKEN"] = token;
        variables["SIDECAR_Access__Clients__web__Token"] = token + "2";
        variables["SIDECAR_Access__Clients__web__Destinations__0"] = "default";
        variables["SIDECAR_Source__Kind"] = "Default";
        variables["AWS_CONFIG_FILE"] = Path.Combine(_directory, "config");
        variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "";
        variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"key={token}4";
        variables["SIDECAR_Destinations__other__Hops__0__ExternalId"] = token + "5";
        variables["SIDECAR_Destinations__other__Hops__0__RoleArn"] = DefaultWorld.Reports;
        variables["SIDECAR_CONFIG"] =
            $$"""{ "Access": { "Clients": { "batch": { "Token": "{{token}}3", "Destinations": ["default"] } } } }""";
        await using var sidecar = ChildProcess.Start(Programs.Sidecar, [], variables);
        await Eventually.HoldsAsync(
            () => File.Exists(seen) && File.ReadAllText(seen).Contains("AWS_CONFIG_FILE=", StringComparison.Ordinal),
            () => string.Join('\n', sidecar.Output));

        string[] outside =
            [.. File.ReadAllLines(seen), File.ReadAllText($"/proc/{sidecar.Id}/cmdline"), .. sidecar.Output, .. sidecar.Errors];
        Assert.Empty(Leaks.In(outside, [token, DefaultWorld.ExternalId]));
    }

    [Fact]
    public async Task A_reader_of_the_log_that_stops_reading_stops_no_answer()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        var port = FreePort.Find();
        var variables = Environment(emulator);
        (variables["SIDECAR_PORT"], variables["SIDECAR_Access__RequestsPerSecond"]) = ($"{port}", "100000");
        using var process = new Process { StartInfo = new ProcessStartInfo(Programs.Sidecar) { RedirectStandardOutput = true } };
        process.StartInfo.Environment.Clear();

        foreach (var (name, value) in variables)
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();

        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) };
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", variables["SIDECAR_TOKEN"]);
            await Eventually.HoldsAsync(async () => await StatusAsync(client) == 200, () => "never ready");

            // Far more than a pipe and the console's queue hold: an audit line has some 700 bytes.
            for (var i = 0; i < 6_000; i++)
            {
                Assert.Equal(200, await StatusAsync(client));
            }

            // A refusal is logged by the request itself, which must not wait for the reader either.
            using var stranger = new HttpClient { BaseAddress = client.BaseAddress, Timeout = TimeSpan.FromSeconds(10) };
            Assert.Equal(401, await StatusAsync(stranger));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<int> StatusAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/v1/credentials", TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static void Allow(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        }
    }

    private static Task<ChildProcess.Ended> AsSidecarAsync(params string[] command) =>
        ChildProcess.RunAsync("setpriv", ["--reuid", "9170", "--regid", "9170", "--clear-groups", .. command], CleanEnvironment.With());

    private static Dictionary<string, string?> Environment(EmulatorProcess emulator) => CleanEnvironment.With(
    [
        ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("SIDECAR_TOKEN", Token),
        ("SIDECAR_PORT", "0"), ("SIDECAR_HEALTH_PORT", "0"), ("AWS_REGION", "eu-central-1"), ("SIDECAR_Logging__Level", "Trace"),
        ("SIDECAR_SOURCE_ENDPOINT", emulator.Agent.GetLeftPart(UriPartial.Authority)),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
        ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri),
    ]);
}
