using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace Quickstart;

/// <summary>A child program that ends when this process ends, even if this process is killed.</summary>
internal sealed class Child : IAsyncDisposable
{
    // Standard input ends with this process, killed or not, and then the shell ends the program. Ctrl+C reaches all
    // that a terminal runs, but it is for this process alone to act on.
    private const string Lifeline = """
        trap '' INT
        exec 2>&1
        "$@" </dev/null & child=$!
        exec >/dev/null 2>&1
        read -r _
        kill "$child"
        wait "$child"
        """;

    private const int Remembered = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly Process _shell;
    private readonly ConcurrentQueue<string> _last = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    private Child(string name, Process shell)
    {
        (_name, _shell) = (name, shell);
        _reading = ReadAsync();
    }

    /// <param name="environment">Beside this process's own, less what would lead an SDK or the sidecar elsewhere.</param>
    public static Child Start(string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("sh", ["-c", Lifeline, "sh", .. command])
            { RedirectStandardInput = true, RedirectStandardOutput = true };

        foreach (var key in start.Environment.Keys.Where(LeadsElsewhere).ToArray())
        {
            start.Environment.Remove(key);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return new Child(name, Process.Start(start)!);
    }

    /// <summary>The first line for which <paramref name="read"/> returns a value.</summary>
    public async Task<T> WaitForLineAsync<T>(Func<string, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            if (read(line) is { } found)
            {
                return found;
            }
        }

        throw Failed("ended before it was ready");
    }

    /// <summary>All output, after a successful end.</summary>
    public async Task<string[]> WaitForEndAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        await DisposeAsync();
        return _shell.ExitCode == 0 ? [.. _last] : throw Failed("failed");
    }

    public QuickstartException Failed(string how) => new($"{_name} {how}. It said last:", [.. _last.Select(LogLine.Shorten)]);

    public bool HasEnded => _reading.IsCompleted;

    public async ValueTask DisposeAsync()
    {
        try
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _shell.Kill(entireProcessTree: true);
        }
    }

    private static bool LeadsElsewhere(string variable) =>
        variable.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("SIDECAR_", StringComparison.OrdinalIgnoreCase)
        || variable.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase);

    private async Task ReadAsync()
    {
        while (await _shell.StandardOutput.ReadLineAsync() is { } line)
        {
            _last.Enqueue(line);

            if (_last.Count > Remembered)
            {
                _last.TryDequeue(out _);
            }

            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
