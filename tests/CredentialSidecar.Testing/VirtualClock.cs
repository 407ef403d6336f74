namespace CredentialSidecar.Testing;

/// <summary>Time that only a test moves, with a way to wait until the code under test waits again.</summary>
/// <remarks>Timers fire one by one in their order, each seeing the very moment it was due.</remarks>
internal sealed class VirtualClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<VirtualTimer, (DateTimeOffset Due, long Order)> _due = new();
    private DateTimeOffset _now = Start;
    private long _order;
    private int _pending;
    private (int Timers, TaskCompletionSource Reached)? _watch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>When the next timer is due; null where no timer waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                DropStale_NeedsLock();
                return _due.TryPeek(out _, out var next) ? next.Due : null;
            }
        }
    }

    /// <summary>Moves on, firing what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;

        while (FireNext(end))
        {
        }

        lock (_gate)
        {
            _now = end > _now ? end : _now;
        }
    }

    /// <summary>Moves on, as in a pause of the machine: what falls due on the way fires in the next advance.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate)
        {
            _now += by;
        }
    }

    /// <summary>Moves on in steps, after each timer waiting until <paramref name="waiters"/> of them wait again.</summary>
    public async Task AdvanceAsync(TimeSpan by, int waiters = 1)
    {
        var end = GetUtcNow() + by;
        await UntilWaitingAsync(waiters);

        while (FireNext(end))
        {
            await UntilWaitingAsync(waiters);
        }

        Advance(end - GetUtcNow());
    }

    /// <summary>Returns once at least that many timers are pending: the code has done what it could and waits for time.</summary>
    public Task UntilWaitingAsync(int waiters = 1)
    {
        lock (_gate)
        {
            if (_pending >= waiters)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _watch = (waiters, reached);
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private bool FireNext(DateTimeOffset end)
    {
        VirtualTimer timer;

        lock (_gate)
        {
            DropStale_NeedsLock();

            if (!_due.TryPeek(out timer!, out var next) || next.Due > end)
            {
                return false;
            }

            _due.Dequeue();
            _now = next.Due > _now ? next.Due : _now;
        }

        timer.Fire();
        return true;
    }

    private void DropStale_NeedsLock()
    {
        while (_due.TryPeek(out var timer, out var at) && timer.Due != at.Due)
        {
            _due.Dequeue();
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            TaskCompletionSource? reached = null;

            lock (clock._gate)
            {
                clock._pending -= Due is null ? 0 : 1;
                _period = period;
                Due = dueTime < TimeSpan.Zero ? null : clock._now + dueTime;

                if (Due is { } due)
                {
                    clock._pending++;
                    clock._due.Enqueue(this, (due, clock._order++));
                }

                if (clock._watch is { } watch && clock._pending >= watch.Timers)
                {
                    (clock._watch, reached) = (null, watch.Reached);
                }
            }

            reached?.SetResult();
            return true;
        }

        public void Fire()
        {
            Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);
            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
