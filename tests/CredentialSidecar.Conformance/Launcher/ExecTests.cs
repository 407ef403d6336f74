using System.Diagnostics;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>The launcher becomes the program, and leaves nothing of itself behind.</summary>
public sealed class ExecTests : LauncherTest
{
    [Fact]
    public async Task The_program_has_the_launchers_pid()
    {
        var ended = await RunAsync(NoWait, "--", "sh", "-c", "echo $$");

        Assert.Equal($"{ended.Pid}\n", ended.Output);
    }

    [Fact]
    public async Task The_programs_exit_code_is_the_launchers() =>
        Assert.Equal(42, (await RunAsync(NoWait, "--", "sh", "-c", "exit 42")).Code);

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("KILL", 9)]
    public async Task A_signal_reaches_the_program(string name, int number)
    {
        using var process = Process.Start(Start(Program, NoWait, "sh", "-c", "echo started; exec sleep 20"))!;
        Assert.Equal("started", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await Process.Start("kill", ["-" + name, $"{process.Id}"]).WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(128 + number, process.ExitCode);
    }

    [Fact]
    public async Task Standard_input_is_the_programs() =>
        Assert.Equal("hello\n", (await RunAsync(Start(Program, NoWait, "cat"), "hello\n")).Output);

    // env, because a shell cannot take back what was ignored when it came: .NET's own children come so.
    [Theory]
    [InlineData("exec env --default-signal=PIPE,INT,HUP", "0000000000000000")]
    [InlineData("trap '' PIPE INT HUP; exec env", "0000000000001003")]
    public async Task Signals_are_as_the_launcher_found_them(string before, string ignored)
    {
        const string Status = "grep -E 'Sig(Blk|Ign)' /proc/self/status";
        var without = await ShellAsync($"{before} {Status}");
        var with = await ShellAsync($"{before} \"$0\" {Status}");

        Assert.Equal($"SigBlk:\t0000000000000000\nSigIgn:\t{ignored}\n", with.Output);
        Assert.Equal(without.Output, with.Output);
    }

    [Fact]
    public async Task The_wait_leaves_no_signal_blocked_and_no_descriptor_open()
    {
        await using var server = RawServer.Http(200, """{"AccessKeyId":"ASIAEXAMPLE"}""");
        var signals = await RunAsync([], "--port", $"{server.Uri.Port}", "--", "grep", "SigBlk", "/proc/self/status");
        var descriptors = await RunAsync([], "--port", $"{server.Uri.Port}", "--", "ls", "/proc/self/fd");
        var without = await RunAsync(Start("ls", [], "/proc/self/fd"));

        Assert.Equal("SigBlk:\t0000000000000000\n", signals.Output);
        Assert.Equal(without.Output, descriptors.Output);
    }

    [Fact]
    public async Task No_descriptor_leaks_and_none_that_was_there_is_lost()
    {
        const string List = "ls -l /proc/self/fd | sed 's/.* \\([0-9]* -> [a-z/:]*\\).*/\\1/' | grep -v /proc";
        var without = await ShellAsync("exec 7</dev/null; sh -c \"$1\"", List);
        var with = await ShellAsync("exec 7</dev/null; exec \"$0\" -- sh -c \"$1\"", List);

        Assert.Contains("7 -> /dev/null", with.Output, StringComparison.Ordinal);
        Assert.Equal(without.Output, with.Output);
    }

    [Fact]
    public async Task Limits_are_as_the_launcher_found_them()
    {
        var without = await ShellAsync("exec cat /proc/self/limits");
        var with = await ShellAsync("exec \"$0\" cat /proc/self/limits");

        Assert.Equal(without.Output, with.Output);
    }

    [Fact]
    public async Task Arguments_and_variables_pass_through_byte_by_byte()
    {
        var ended = await ShellAsync(
            "X=$(printf 'a\\351\\377b') exec \"$0\" -- sh -c 'printf %s \"$X\" \"$1\" | od -An -tx1' - \"$(printf '\\303\\050')\"");

        Assert.Equal(" 61 e9 ff 62 c3 28\n", ended.Output);
    }

    [Fact]
    public async Task A_closed_reader_ends_the_program_as_without_the_launcher()
    {
        // yes would write for ever, or complain, if SIGPIPE were ignored.
        var ended = await ShellAsync("{ env --default-signal=PIPE \"$0\" yes; echo $? >code; } | head -1; cat code");

        Assert.Equal(("y\n141\n", ""), (ended.Output, ended.Error));
    }
}
