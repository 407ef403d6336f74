using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Supervisor;

/// <summary>What pid 1 owes to the program it starts, and to those that lost their parents.</summary>
public sealed class SupervisorProcessTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("parent-").FullName;
    private string _program = "";

    public async ValueTask InitializeAsync() => _program = await SupervisedTask.ProgramAsync();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("exit 42", 42)]
    [InlineData("exit 78", 78)]
    [InlineData("kill -9 $$", 137)]
    public async Task A_program_that_hands_nothing_over_is_waited_for_and_has_its_own_exit_code(string script, int code)
    {
        var ended = await RunAsync("sh", "-c", script);

        Assert.Equal((code, "", ""), (ended.Code, ended.Output, ended.Errors));
    }

    [Fact]
    public async Task A_wrong_configuration_ends_with_78_and_is_not_tried_again()
    {
        var ended = await ChildProcess.RunAsync(_program, [Programs.Sidecar, "validate"], CleanEnvironment.With(("SIDECAR_DRAIN", "x")));

        Assert.Equal(78, ended.Code);
        Assert.Single(ended.Errors.Split('\n'), line => line.StartsWith("  SIDECAR_DRAIN ", StringComparison.Ordinal));
        Assert.DoesNotContain("credential-supervisor", ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere/at/all", 127, "credential-supervisor: /nowhere/at/all cannot be started: No such file or directory.")]
    [InlineData("/", 126, "credential-supervisor: / cannot be started: Permission denied.")]
    [InlineData("--frobnicate", 64, "credential-supervisor: No program is given; write credential-supervisor PROGRAM [arguments].")]
    public async Task A_program_that_cannot_be_started_is_named(string name, int code, string text)
    {
        var ended = await RunAsync(name);

        Assert.Equal((code, text), (ended.Code, ended.Errors));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_signal_is_passed_on(int signal)
    {
        const string Script = "trap 'exit 40' HUP USR1 TERM; echo ready; while :; do sleep 0.05; done";
        await using var supervisor = ChildProcess.Start(_program, ["sh", "-c", Script], CleanEnvironment.With());
        await supervisor.LineAsync(line => line == "ready");
        supervisor.Signal(signal);

        Assert.Equal(40, await supervisor.ExitAsync());
    }

    [Fact]
    public async Task Orphans_are_reaped()
    {
        await using var supervisor = ChildProcess.Start(
            _program, ["sh", "-c", "(sleep 0.2 & echo $!); exec sleep 60"], CleanEnvironment.With());
        var orphan = await supervisor.LineAsync(line => line.Length > 0);

        // A child that its parent does not reap stays as a zombie.
        await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{orphan}"), () => File.ReadAllText($"/proc/{orphan}/status"));
        Assert.False(supervisor.HasExited);
    }

    [Fact]
    public async Task Signals_are_as_the_supervisor_found_them()
    {
        // No shell, which would clear the mask.
        string[] status = ["grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"];
        string[] before = ["--ignore-signal=INT", "--default-signal=PIPE", "--block-signal=USR2"];
        var without = await ChildProcess.RunAsync("env", [.. before, .. status], CleanEnvironment.With());
        var with = await ChildProcess.RunAsync("env", [.. before, _program, .. status], CleanEnvironment.With());

        Assert.Equal(0, without.Code);
        Assert.Equal(Mask(without.Output), Mask(with.Output));

        // 32 and 33 are the C library's own, which posix_spawn leaves ignored until the program's library takes them.
        static ulong[] Mask(string text) =>
            [.. text.Split('\n').Select(line => Convert.ToUInt64(line.Split('\t')[1], 16) & ~0x1_8000_0000UL)];
    }

    [Fact]
    public async Task Restarts_are_limited()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var task = await SupervisedTask.StartAsync(emulator, _directory);

        for (var i = 0; i < 6; i++)
        {
            Assert.False(task.Supervisor.HasExited);
            await task.KillServerAsync();
        }

        Assert.Equal(137, await task.Supervisor.ExitAsync());
        Assert.Equal(6, task.Supervisor.Errors.Count);
        Assert.EndsWith(
            "the program ended by SIGKILL; not started again after 5 restarts within 60 s.",
            task.Supervisor.Errors[^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_the_SDK_starts_inherit_neither_sockets_nor_variables_also_after_a_restart()
    {
        await using var emulator = await EmulatorProcess.StartAsync();
        var (seen, helper) = (Path.Combine(_directory, "seen"), Path.Combine(_directory, "helper"));
        const string Keys = "{\"Version\":1,\"AccessKeyId\":\"AKIDHELPER\",\"SecretAccessKey\":\"x\"}";
        File.WriteAllText(helper, $"#!/bin/sh\n{{ env; ls -l /proc/$$/fd; echo end; }} >> {seen}\necho '{Keys}'\n");
        Allow(helper);
        File.WriteAllText(Path.Combine(_directory, "config"), $"[default]\ncredential_process = {helper}\n");

        await using var supervisor = ChildProcess.Start(_program, [Programs.Sidecar], CleanEnvironment.With(
            ("SIDECAR_PORT", "0"),
            ("SIDECAR_HEALTH_PORT", "0"),
            ("SIDECAR_TOKEN", new string('t', 40)),
            ("SIDECAR_ROLE_ARN", Emulator.Worlds.DefaultWorld.Reports),
            ("SIDECAR_Source__Kind", "Default"),
            ("AWS_CONFIG_FILE", Path.Combine(_directory, "config")),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.AbsoluteUri)));
        var first = await StartedAsync(supervisor, 1);
        SupervisedTask.Signal(first, 9);
        var second = await StartedAsync(supervisor, 2);

        Assert.NotEqual(first, second);
        var text = File.ReadAllText(seen);
        Assert.Contains("AWS_CONFIG_FILE=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CREDENTIAL_SUPERVISOR", text, StringComparison.Ordinal);
        Assert.DoesNotContain("socket:", text, StringComparison.Ordinal);

        // The system chose the ports at the first start, and the second has the same.
        var started = supervisor.Output
            .Where(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf("serving on", StringComparison.Ordinal)..])
            .ToArray();
        Assert.Equal(started[0], started[1]);
        Assert.Equal(2, ListeningSockets.Of(second).Count);

        // The pid that serves, once the helper has run that often.
        async Task<int> StartedAsync(ChildProcess parent, int times)
        {
            await Eventually.HoldsAsync(
                () => File.Exists(seen)
                    && File.ReadAllLines(seen).Count(line => line == "end") >= times
                    && parent.Output.Count(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal)) == times,
                () => string.Join('\n', [.. parent.Output, .. parent.Errors]));
            return SupervisedTask.ChildrenOf(parent.Id).Single();
        }
    }

    [Fact]
    public async Task Another_process_of_its_own_user_reads_neither_its_memory_nor_its_environment()
    {
        await Installed.CommandAsync(
            "running as uid 9170 needs root and apt-get install -y --no-install-recommends util-linux",
            "setpriv", "--reuid", "9170", "--clear-groups", "true");
        string[] user = ["--reuid", "9170", "--regid", "9170", "--clear-groups"];
        await using var supervisor = ChildProcess.Start(
            "setpriv", [.. user, _program, "sh", "-c", "echo ready; exec sleep 60"], CleanEnvironment.With(("X", "visible")));
        await supervisor.LineAsync(line => line == "ready");

        foreach (var file in (string[])["environ", "mem", "maps"])
        {
            var read = await ChildProcess.RunAsync("setpriv", [.. user, "cat", $"/proc/{supervisor.Id}/{file}"], CleanEnvironment.With());
            Assert.True(read.Code != 0 && read.Output.Length == 0, $"{file}: {read}");
        }
    }

    private static void Allow(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }
    }

    private Task<ChildProcess.Ended> RunAsync(params string[] words) => ChildProcess.RunAsync(_program, words, CleanEnvironment.With());
}
