namespace CredentialSidecar.Refreshing;

/// <summary>
/// Limits renewals: how many run at once per region, and how many begin per second in the whole process. Destinations that a
/// sibling waits for go first. Throttling by STS halves the rate, and each success raises it again.
/// </summary>
/// <param name="mostAtOnce">Per region, so that one slow STS does not block the others.</param>
internal sealed class CallGate(int mostAtOnce, TimeProvider clock)
{
    /// <summary>Attempts per second at the start, and at most. STS allows an account about 600 calls a second in each region.</summary>
    public const double Fastest = 200;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly CallRate _rate = new(mostAtOnce, clock);

    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    /// <summary>The current attempts per second.</summary>
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

    /// <summary>Changes the limit; calls under way continue.</summary>
    public void Use(int atOnce)
    {
        lock (_gate)
        {
            mostAtOnce = _rate.Burst = atOnce;
            Admit();
        }
    }

    /// <summary>Returns when an attempt may begin; <see cref="Leave"/> must follow.</summary>
    /// <param name="region">The region of the STS endpoint.</param>
    /// <param name="isUrgent">Returns whether a sibling waits; called when a place is free.</param>
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

    /// <summary>Records the end of an attempt.</summary>
    /// <param name="isThrottled">Whether STS throttled the call.</param>
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

    /// <returns>False if it was admitted meanwhile.</returns>
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

        // Its timer assumed a longer queue, and perhaps a lower rate.
        _waiting.First?.Value.Timer?.Change(_rate.UntilNext, Timeout.InfiniteTimeSpan);
    }

    // Each waiter has a timer, due when those before it have their tokens; the first is due with the next token.
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
