using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Testing.Processes;

/// <summary>A program that a test started, and what it printed. It is ended by its id when the test ends, however that ends.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>For anything that is waited for: far longer than it takes, since a build machine may be busy.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentDictionary<ChildProcess, bool> Living = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    // For those whose test or fixture never came to end them.
    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in Living.Keys)
        {
            child.Kill();
        }
    };

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        Living[this] = true;
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    public int Id { get; }

    /// <summary>Lines of standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>Lines of standard error so far.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    public bool HasExited => _process.HasExited;

    /// <param name="environment">All of it: nothing is inherited.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program does not exist.</exception>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(start);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="limit">Default: <see cref="Limit"/>.</param>
    public static async Task<Ended> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, TimeSpan? limit = null)
    {
        await using var child = Start(program, arguments, environment);
        return await child.EndAsync(limit);
    }

    /// <summary>Waits for its end, and has all that it printed.</summary>
    public async Task<Ended> EndAsync(TimeSpan? limit = null) =>
        new(await ExitAsync(limit), string.Join('\n', Output), string.Join('\n', Errors));

    /// <summary>The first line of standard output that fits.</summary>
    /// <exception cref="InvalidOperationException">The program ended without it; the text holds what it printed.</exception>
    public async Task<string> LineAsync(Func<string, bool> fits, TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Limit);

        while (true)
        {
            var exited = _process.HasExited;

            if (_output.FirstOrDefault(fits) is { } line)
            {
                return line;
            }

            if (exited || limit.IsCancellationRequested)
            {
                var printed = string.Join('\n', _output.Concat(_errors));
                var what = exited ? "ended" : "went on";
                throw new InvalidOperationException($"{_process.StartInfo.FileName} {what} without the line: {printed}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>The exit code; 128 and the signal's number where a signal ended it.</summary>
    /// <param name="limit">Default: <see cref="Limit"/>.</param>
    /// <exception cref="OperationCanceledException">It did not end within that time.</exception>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        using var end = new CancellationTokenSource(limit ?? Limit);
        await _process.WaitForExitAsync(end.Token);
        return _process.ExitCode;
    }

    /// <param name="number">As <c>kill -l</c> counts them: 2 is SIGINT, 15 SIGTERM.</param>
    public void Signal(int number)
    {
        if (SendSignal(Id, number) != 0)
        {
            throw new InvalidOperationException($"Signal {number} could not be sent to {Id}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await ExitAsync();
        Living.TryRemove(this, out _);
        _process.Dispose();
    }

    private void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);

    /// <summary>A program that has ended.</summary>
    public sealed record Ended(int Code, string Output, string Errors)
    {
        public override string ToString() => $"exit code {Code}\n{Output}\n{Errors}";
    }
}
