namespace CredentialSidecar.Access;

/// <summary>A queue of audit lines, and a thread that writes them: a full disk or a slow reader delays no answer.</summary>
/// <remarks>
/// A client takes at most as many places as are left for others, so one client can fill half of the queue, the next a quarter,
/// and so on: a client that floods the audit crowds out no line of another client. Its served and its refused lines count apart.
/// </remarks>
/// <param name="name">Of the thread.</param>
/// <param name="put">Writes a line, which may block; returns why it was not written.</param>
/// <param name="lost">Is told of each reason.</param>
internal sealed class AuditSink(string name, Func<AuditLine, string?> put, Action<string> lost, Action end) : IDisposable
{
    /// <summary>Some seconds of the worst that the throttle lets through.</summary>
    public const int Longest = 4096;

    private readonly object _gate = new();
    private readonly Queue<AuditLine> _lines = new();
    private readonly Dictionary<(string? Client, bool IsServed), int> _counts = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isComplete;

    /// <summary>Ends once the thread has written what was left.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Drain) { IsBackground = true, Name = name }.Start();

    /// <returns>False where the client has its share of places.</returns>
    public bool TryAdd(AuditLine line)
    {
        var key = KeyOf(line);

        lock (_gate)
        {
            var (own, free) = (_counts.GetValueOrDefault(key), Longest - _lines.Count);

            // Strangers are one client, and end at a quarter.
            if (own * (key.Client is null ? 3 : 1) >= free)
            {
                return false;
            }

            _counts[key] = own + 1;
            _lines.Enqueue(line);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes no more lines, and ends the thread after those it has.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose() => Complete();

    private static (string? Client, bool IsServed) KeyOf(AuditLine line) =>
        (line.Client == Client.Anyone.Name && !line.IsServed ? null : line.Client, line.IsServed);

    private void Drain()
    {
        while (Next() is { } line)
        {
            if (put(line) is { } problem)
            {
                lost(problem);
            }
        }

        // On this thread, because closing a file that takes nothing would block another one.
        end();
        _ended.TrySetResult();
    }

    private AuditLine? Next()
    {
        lock (_gate)
        {
            while (_lines.Count == 0 && !_isComplete)
            {
                Monitor.Wait(_gate);
            }

            if (!_lines.TryDequeue(out var line))
            {
                return null;
            }

            var key = KeyOf(line);

            if ((_counts[key] -= 1) == 0)
            {
                _counts.Remove(key);
            }

            return line;
        }
    }
}
