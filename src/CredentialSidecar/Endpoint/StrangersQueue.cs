using CredentialSidecar.Access;

namespace CredentialSidecar.Endpoint;

/// <summary>Starts connections without a valid token a few at a time, so that a client's request never waits behind all of them.</summary>
/// <param name="most">How many may have started without a first request yet.</param>
/// <param name="start">Passes a connection to Kestrel.</param>
/// <param name="leave">Closes a connection whose peer closed it while it waited.</param>
internal sealed class StrangersQueue(
    int most, Action<PendingConnection> start, Action<PendingConnection> leave, TimeProvider clock) : IDisposable
{
    /// <summary>After this time the next one starts anyway; a partial request would otherwise hold a turn for seconds.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<PendingConnection> _waiting = new();
    private readonly Queue<(Guest Guest, long Since)> _turns = new();
    private int _taken;
    private ITimer? _timer;

    /// <summary>Whether the next connection has to wait.</summary>
    public bool IsBusy => Volatile.Read(ref _taken) >= most;

    /// <summary>Starts a connection now, or when its turn comes.</summary>
    public void Add(PendingConnection connection)
    {
        lock (_gate)
        {
            if (_taken >= most)
            {
                _waiting.Enqueue(connection);
                _timer ??= clock.CreateTimer(_ => EndLongTurns(), null, LongestTurn, LongestTurn);
                return;
            }

            Take(connection);
        }

        start(connection);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
        }
    }

    private void Take(PendingConnection connection)
    {
        while (_turns.TryPeek(out var ended) && !ended.Guest.HasTurn)
        {
            _turns.Dequeue();
        }

        _taken++;
        _turns.Enqueue((connection.Guest, clock.GetTimestamp()));
        connection.Guest.OnBegin(EndTurn);
    }

    private void EndTurn()
    {
        lock (_gate)
        {
            _taken--;
        }

        StartNext();
    }

    private void StartNext()
    {
        while (TakeNext() is { } next)
        {
            start(next);
        }
    }

    private PendingConnection? TakeNext()
    {
        while (true)
        {
            PendingConnection? next;

            lock (_gate)
            {
                if (_taken >= most || !_waiting.TryDequeue(out next))
                {
                    return null;
                }

                if (!next.State.HasHungUp)
                {
                    Take(next);
                    return next;
                }
            }

            leave(next);
        }
    }

    private void EndLongTurns()
    {
        List<Guest> late = [];

        lock (_gate)
        {
            while (_turns.TryPeek(out var turn) && clock.GetElapsedTime(turn.Since) >= LongestTurn)
            {
                late.Add(_turns.Dequeue().Guest);
            }

            if (_waiting.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }

        late.ForEach(guest => guest.EndTurn());
    }
}
