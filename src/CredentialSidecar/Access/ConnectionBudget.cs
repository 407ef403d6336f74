namespace CredentialSidecar.Access;

/// <summary>Holds at most so many connections, closed ones included until they are gone, and decides who has to leave.</summary>
/// <remarks>
/// Up to seven eighths may be open; the rest is for those that are being closed, so that a newcomer rarely waits for them.
/// A newcomer takes the place of a stranger while there is one (<see cref="Strangers"/>). Clients are never closed for strangers.
/// They share three quarters of the places, and past its share a client loses its own oldest idle connection.
/// </remarks>
/// <param name="most">Connections at once.</param>
/// <param name="clients">How many clients share the places of clients.</param>
internal sealed class ConnectionBudget(int most, int clients, TimeProvider clock) : IDisposable
{
    /// <summary>The sidecar closes a stranger's connection that sends nothing for this long.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    // A timer waits for whole milliseconds, and not for less than one.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1), LongestWait = TimeSpan.FromSeconds(1), LongestStep = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(most, most);
    private readonly Strangers _strangers = new(most - (most / 8), clock);
    private readonly Queues<string> _clients = new();
    private readonly int _mostOpen = most - (most / 8), _mostOfClients = most - (most / 4);
    private ITimer? _sweep;

    /// <summary>Time to send a request, and for it to be read, before a newcomer may take the place.</summary>
    public TimeSpan FairChance => _strangers.FairChance;

    /// <summary>How many clients share the places of clients; a reload changes it.</summary>
    public int Clients { get; set; } = clients;

    /// <summary>Connections that are open or being closed.</summary>
    public int Count => most - _free.CurrentCount;

    /// <summary>Finds a place, which is taken until <see cref="Release"/>.</summary>
    /// <param name="hasTime">Whether the queue of newcomers is short, so that connections may stay longer; null means it never is.</param>
    /// <returns>False where none became free: the connection must be closed at once.</returns>
    public async ValueTask<bool> AdmitAsync(Guest guest, CancellationToken cancellationToken, Func<bool>? hasTime = null)
    {
        for (var wait = MakeRoom(hasTime); wait > TimeSpan.Zero; wait = MakeRoom(hasTime))
        {
            await Task.Delay(wait < LongestStep || hasTime is null ? wait : LongestStep, clock, cancellationToken);
        }

        if (!_free.Wait(0, CancellationToken.None) && !await HasFreeAsync(cancellationToken))
        {
            return false;
        }

        lock (_gate)
        {
            guest.Arrived = guest.QuietSince = clock.GetTimestamp();
            _strangers.Add(guest);
            _sweep ??= clock.CreateTimer(_ => Sweep(), null, LongestSilence, TimeSpan.FromSeconds(1));
        }

        return true;
    }

    /// <summary>The connection has shown that it is this client's.</summary>
    /// <returns>False where the client has more connections under way than its share.</returns>
    public bool Recognize(Guest guest, string client)
    {
        Guest? leaving = null;

        lock (_gate)
        {
            if (guest.Client is not null || guest.Place is null)
            {
                return true;
            }

            var isFull = _clients.Total >= _mostOfClients;

            if (isFull || _clients.CountOf(client) >= Math.Max(1, _mostOfClients / Math.Max(1, Clients)))
            {
                var whose = isFull && _clients.CountOf(client) == 0 ? _clients.Largest() : client;
                leaving = whose is null ? null : _clients.Oldest(whose, other => !other.IsBusy);

                if (leaving is null)
                {
                    return false;
                }

                _clients.Remove(whose!, leaving);
            }

            _strangers.Remove(guest);
            guest.Client = client;
            _clients.Add(client, guest);
        }

        leaving?.Close();
        return true;
    }

    /// <summary>The connection waits for a rejection. It leaves before any other one.</summary>
    public void Distrust(Guest guest)
    {
        using var alone = _gate.EnterScope();

        if (guest is { Place: not null, Client: null, IsGuesser: false })
        {
            _strangers.Distrust(guest);
        }
    }

    /// <summary>The connection is gone, and its memory free.</summary>
    public void Release(Guest guest)
    {
        lock (_gate)
        {
            if (guest.Place is not null && guest.Client is { } client)
            {
                _clients.Remove(client, guest);
            }
            else if (guest.Place is not null)
            {
                _strangers.Remove(guest);
            }
        }

        _free.Release();
        guest.EndTurn();
    }

    /// <summary>Closes every connection that shows no client and answers no request, at the end of the process.</summary>
    public void CloseStrangers()
    {
        Guest[] all;

        lock (_gate)
        {
            all = _strangers.TakeIdle();
        }

        Array.ForEach(all, guest => guest.Close());
    }

    /// <summary>Ends the search for silent connections. Those that are still open may be released afterwards.</summary>
    public void Dispose() => _sweep?.Dispose();

    /// <returns>How long to wait before this can be said again; nothing where a place is free, or about to become so.</returns>
    private TimeSpan MakeRoom(Func<bool>? hasTime)
    {
        Guest? leaving = null;

        lock (_gate)
        {
            if (_strangers.Total + _clients.Total >= _mostOpen)
            {
                leaving = _strangers.TakeFirst(hasTime?.Invoke() == true, out var wait);

                if (leaving is null && wait > TimeSpan.Zero)
                {
                    return wait > Tick ? wait : Tick;
                }
            }
        }

        leaving?.Close();
        return TimeSpan.Zero;
    }

    private async Task<bool> HasFreeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var limit = new CancellationTokenSource(LongestWait, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await _free.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Sweep()
    {
        Guest[] silent;

        lock (_gate)
        {
            silent = _strangers.TakeSilent(LongestSilence);

            if (_strangers.Total == 0)
            {
                (var sweep, _sweep) = (_sweep, null);
                sweep?.Dispose();
            }
        }

        Array.ForEach(silent, guest => guest.Close());
    }
}
