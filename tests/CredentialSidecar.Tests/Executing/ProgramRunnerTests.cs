using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using CredentialSidecar.Executing;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Executing;

/// <summary>Real programs of this machine: what they get, how they end, and what stays behind.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ProgramRunnerTests
{
    [Fact]
    public async Task A_program_gets_its_arguments_and_its_environment_and_nothing_else()
    {
        var end = await ProgramRunner.RunAsync(
            new ProgramStart("/bin/sh", ["-c", "printf '%s|' \"$@\"; /usr/bin/env; cat", "sh", "a b", "ü$X"], ["ONE=1 2", "TWO="]),
            TestContext.Current.CancellationToken);
        var lines = Encoding.UTF8.GetString(end.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal((0, 0, null), (end.StartError, end.ExitCode, end.Signal));
        Assert.StartsWith("a b|ü$X|", lines[0], StringComparison.Ordinal);
        Assert.Equal(["ONE=1 2", "TWO="], lines.Select(line => line.Split('|')[^1]).Where(line => line[0] is 'O' or 'T').Order());
    }

    [Fact]
    public async Task A_program_inherits_no_descriptor_of_this_process()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        // Descriptors that a parent left open, and one that another thread opens while the program starts.
        var descriptor = (int)listener.Server.Handle;
        _ = SetDescriptorFlags(descriptor, 2, 0);
        using var started = new CancellationTokenSource();
        var opening = Task.Factory.StartNew(
            () =>
            {
                while (!started.IsCancellationRequested)
                {
                    _ = Close(Duplicate(descriptor));
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var end = await RunAsync("ls -1 /proc/self/fd; readlink /proc/self/fd/0");
        await started.CancelAsync();
        await opening;
        var seen = Encoding.UTF8.GetString(end.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // ls itself opens the directory.
        Assert.Equal(["0", "1", "2", "3", "/dev/null"], seen);
    }

    [Theory]
    [InlineData("exit 3", 3, null)]
    [InlineData("kill -TERM $$", null, 15)]
    [InlineData("exec 1>&- 2>&-; exit 4", 4, null)]
    public async Task The_end_of_a_program_is_told(string script, int? code, int? signal)
    {
        var end = await RunAsync(script);

        Assert.Equal((code, signal), (end.ExitCode, end.Signal));
    }

    [Fact]
    public async Task Signals_that_this_process_ignores_have_their_default_in_the_program() =>
        Assert.Equal("SigIgn:\t0000000000000000\n", Encoding.UTF8.GetString((await RunAsync("grep SigIgn /proc/self/status")).Output));

    [Theory]
    [InlineData("/nonexistent/helper", 2)]
    [InlineData("/etc/passwd", 13)]
    [InlineData("/tmp", 13)]
    public async Task A_program_that_cannot_start_has_the_error_of_the_system(string path, int error)
    {
        var end = await ProgramRunner.RunAsync(new ProgramStart(path, [], []), TestContext.Current.CancellationToken);

        Assert.Equal(error, end.StartError);
    }

    [Fact]
    public async Task Too_much_output_ends_the_program_and_too_many_errors_do_not()
    {
        var much = await RunAsync("yes");
        var errors = await RunAsync("head -c 1000000 /dev/zero >&2; echo done");

        Assert.Equal((true, ProgramRunner.MostOutput, 9), (much.IsTooLong, much.Output.Length, much.Signal));
        Assert.Equal((ProgramRunner.MostOutput, 0), (errors.Errors.Length, errors.ExitCode));
        Assert.Equal("done\n", Encoding.UTF8.GetString(errors.Output));
    }

    [Fact]
    public async Task Cancellation_kills_the_program_and_its_children()
    {
        using var late = new CancellationTokenSource();
        var file = Path.GetTempFileName();
        var running = RunAsync($"sleep 600 & echo $! > {file}; echo $$ >> {file}; sleep 600", late.Token);
        var pids = await PidsAsync(file, 2);
        await late.CancelAsync();

        Assert.True((await running).IsCancelled);
        await Eventually.HoldsAsync(() => pids.All(IsGone), () => "A process is still there.");
        File.Delete(file);
    }

    [Fact]
    public async Task A_child_in_the_background_neither_delays_the_end_nor_stays()
    {
        var started = Stopwatch.GetTimestamp();
        var end = await RunAsync("sleep 600 & echo $!; echo done");
        var lines = Encoding.UTF8.GetString(end.Output).Split('\n');

        Assert.Equal(("done", 0), (lines[1], end.ExitCode));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync(() => IsGone(int.Parse(lines[0], CultureInfo.InvariantCulture)), () => "The child is still there.");
    }

    [Fact]
    public async Task A_program_that_has_ended_leaves_no_zombie()
    {
        var end = await RunAsync("echo $$");
        var process = int.Parse(Encoding.UTF8.GetString(end.Output), CultureInfo.InvariantCulture);

        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    private static Task<ProgramEnd> RunAsync(string script, CancellationToken? cancellation = null) => ProgramRunner.RunAsync(
        new ProgramStart("/bin/sh", ["-c", script], ["PATH=/usr/bin:/bin"]), cancellation ?? TestContext.Current.CancellationToken);

    private static async Task<int[]> PidsAsync(string file, int count)
    {
        await Eventually.HoldsAsync(() => File.ReadAllLines(file).Length == count, () => "The program did not start.");
        return [.. File.ReadAllLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    // In a container, an orphan may not be reaped, so a zombie counts as gone.
    private static bool IsGone(int process) => !File.Exists($"/proc/{process}/stat")
        || File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].StartsWith('Z');

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "fcntl")]
    private static extern int SetDescriptorFlags(int descriptor, int command, int flags);
}
