namespace CredentialSidecar.Access;

/// <summary>A queue of audit lines and a thread that writes them, so that a full disk or a slow reader never delays an answer.</summary>
/// <remarks>
/// A client may hold at most as many places as are still free: the first one half of the queue, the next one a quarter, and so on.
/// So one client cannot crowd out the lines of another. The served and the rejected lines of a client count separately.
/// </remarks>
/// <param name="name">The name of the thread.</param>
/// <param name="put">Writes a line, and may block; returns why the line was not written.</param>
/// <param name="lost">Receives the reason of each failure.</param>
internal sealed class AuditSink(string name, Func<AuditLine, string?> put, Action<string> lost, Action end) : IDisposable
{
    /// <summary>Enough for some seconds at the highest rate that the throttle admits.</summary>
    public const int Longest = 4096;

    private readonly object _gate = new();
    private readonly Queue<AuditLine> _lines = new();
    private readonly Dictionary<(string? Client, bool IsServed), int> _counts = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isComplete;

    /// <summary>Completes once the thread has written the remaining lines.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Drain) { IsBackground = true, Name = name }.Start();

    /// <returns>False if the client already uses its share of places.</returns>
    public bool TryAdd(AuditLine line)
    {
        var key = KeyOf(line);

        lock (_gate)
        {
            var (own, free) = (_counts.GetValueOrDefault(key), Longest - _lines.Count);

            // All requests without a valid token count as one client, with at most a quarter of the queue.
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

    /// <summary>Accepts no more lines; the thread ends once the queue is empty.</summary>
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

        // This thread closes the file; closing a blocked file on another thread would hang it.
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
