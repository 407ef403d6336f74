namespace CredentialSidecar.Emulator.Calls;

/// <summary>The last 10 000 requests of each kind, oldest first.</summary>
internal sealed class CallLog
{
    private const int Kept = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<StsCall> _sts = new();
    private readonly Queue<AgentRead> _agent = new();
    private int _stsArrivals;

    /// <summary>Requests STS has received, answered or not: a slow one counts as soon as it comes.</summary>
    public int StsArrivals => Volatile.Read(ref _stsArrivals);

    public IReadOnlyList<StsCall> Sts => Copy(_sts);

    public IReadOnlyList<AgentRead> Agent => Copy(_agent);

    public void Arrived() => Interlocked.Increment(ref _stsArrivals);

    public void Add(StsCall call) => Add(_sts, call);

    public void Add(AgentRead read) => Add(_agent, read);

    public void Clear()
    {
        lock (_gate)
        {
            _sts.Clear();
            _agent.Clear();
            _stsArrivals = 0;
        }
    }

    private void Add<T>(Queue<T> queue, T entry)
    {
        lock (_gate)
        {
            queue.Enqueue(entry);
            if (queue.Count > Kept)
            {
                queue.Dequeue();
            }
        }
    }

    private T[] Copy<T>(Queue<T> queue)
    {
        lock (_gate)
        {
            return [.. queue];
        }
    }
}
