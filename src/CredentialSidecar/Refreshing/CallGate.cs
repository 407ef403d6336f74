namespace CredentialSidecar.Refreshing;

/// <summary>
/// Bounds the attempts to renew: how many run at once in each region, and how many begin in a second in the whole process. A
/// destination that a sibling is waiting for goes first. STS's throttling halves the rate, and each success raises it again.
/// </summary>
/// <param name="mostAtOnce">In each region, so that one whose STS hangs does not hold up the others.</param>
internal sealed class CallGate(int mostAtOnce, TimeProvider clock)
{
    /// <summary>Attempts a second at the start and at most. STS allows an account about 600 calls a second in each region.</summary>
    public const double Fastest = 200;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly CallRate _rate = new(mostAtOnce, clock);

    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    /// <summary>Attempts a second at present.</summary>
    public double Rate
    {
        get
        {
            lock (_gate)
            {
                return _rate.PerSecond;
            }
        }
    }

    /// <summary>Changes the limit; calls under way go on.</summary>
    public void Use(int atOnce)
    {
        lock (_gate)
        {
            mostAtOnce = _rate.Burst = atOnce;
            Admit();
        }
    }

    /// <summary>Returns when an attempt may begin; <see cref="Leave"/> must follow.</summary>
    /// <param name="region">Whose STS the attempt asks.</param>
    /// <param name="isUrgent">Whether a sibling waits, asked whenever a place is free.</param>
    public Task EnterAsync(string region, Func<bool> isUrgent, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(region, isUrgent);

        lock (_gate)
        {
            _waiting.AddLast(waiting.Place);
            Admit();

            if (waiting.Place.List is not null)
            {
                waiting.Timer = clock.CreateTimer(_ => Try(waiting), null, _rate.Until(_waiting.Count), Timeout.InfiniteTimeSpan);
            }
        }

        return waiting.Admitted.Task.IsCompleted ? Task.CompletedTask : WaitAsync(waiting, cancellationToken);
    }

    /// <summary>An attempt has ended.</summary>
    /// <param name="isThrottled">Whether STS asked to be called less often.</param>
    public void Leave(string region, bool isThrottled)
    {
        lock (_gate)
        {
            _running[region]--;
            _rate.Adapt(isThrottled);
            Admit();
        }
    }

    private async Task WaitAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        try
        {
            await waiting.Admitted.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (!GoesAway(waiting))
            {
                Leave(waiting.Region, isThrottled: false);
            }

            throw;
        }
    }

    /// <returns>False where it was let in meanwhile.</returns>
    private bool GoesAway(Waiting waiting)
    {
        lock (_gate)
        {
            if (waiting.Place.List is null)
            {
                return false;
            }

            _waiting.Remove(waiting.Place);
            waiting.Timer?.Dispose();
            return true;
        }
    }

    private void Admit()
    {
        while (_rate.HasToken && Next() is { } next)
        {
            _rate.Take();
            _waiting.Remove(next.Place);
            _running[next.Region] = _running.GetValueOrDefault(next.Region) + 1;
            next.Timer?.Dispose();
            next.Admitted.SetResult();
        }

        // Its timer was set for a longer queue, and perhaps for a lower rate.
        _waiting.First?.Value.Timer?.Change(_rate.UntilNext, Timeout.InfiniteTimeSpan);
    }

    // Each has a timer of its own, due when those before it have had their tokens. The first one's is due with the next token.
    private void Try(Waiting waiting)
    {
        lock (_gate)
        {
            Admit();

            if (waiting.Place.List is not null && waiting.Place != _waiting.First)
            {
                waiting.Timer!.Change(_rate.Until(_waiting.Count), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private Waiting? Next()
    {
        Waiting? first = null;

        foreach (var waiting in _waiting)
        {
            if (_running.GetValueOrDefault(waiting.Region) >= mostAtOnce)
            {
                continue;
            }

            if (waiting.IsUrgent())
            {
                return waiting;
            }

            first ??= waiting;
        }

        return first;
    }

    private sealed class Waiting
    {
        public Waiting(string region, Func<bool> isUrgent)
        {
            (Region, IsUrgent) = (region, isUrgent);
            Place = new LinkedListNode<Waiting>(this);
        }

        public string Region { get; }

        public Func<bool> IsUrgent { get; }

        public LinkedListNode<Waiting> Place { get; }

        public ITimer? Timer { get; set; }

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
