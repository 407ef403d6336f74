using CredentialSidecar.Access;

namespace CredentialSidecar.Endpoint;

/// <summary>Starts strangers' connections a few at a time, so that a client's request never waits behind all of theirs.</summary>
/// <param name="most">How many may be between their start and the beginning of their first request.</param>
/// <param name="start">Gives a connection to Kestrel.</param>
/// <param name="leave">Closes a connection whose peer hung up while it waited, because its answer would not be read.</param>
internal sealed class StrangersQueue(int most, Action<PendingConnection> start, Action<PendingConnection> leave, TimeProvider clock) : IDisposable
{
    /// <summary>After this time the next one starts even if a request has not begun: half a request would hold a turn for seconds.</summary>
    public static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<PendingConnection> _waiting = new();
    private readonly Queue<(Guest Guest, long Since)> _turns = new();
    private int _taken;
    private ITimer? _timer;

    /// <summary>Whether the next one has to wait.</summary>
    public bool IsBusy => Volatile.Read(ref _taken) >= most;

    /// <summary>Starts it now, or when it is its turn.</summary>
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
