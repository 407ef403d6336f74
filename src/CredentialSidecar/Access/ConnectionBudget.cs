namespace CredentialSidecar.Access;

/// <summary>Limits the number of connections, including closing ones, and decides which connection closes for a new one.</summary>
/// <remarks>
/// Up to seven eighths of the places may be open; the rest is for closing connections, so that a new connection rarely waits.
/// A new connection takes the place of a connection without a valid token, if there is one (<see cref="Strangers"/>), and never
/// that of a client. Clients share three quarters of the places; past its share a client loses its own oldest idle connection.
/// </remarks>
/// <param name="most">Connections at once.</param>
/// <param name="clients">How many clients share the places for clients.</param>
internal sealed class ConnectionBudget(int most, int clients, TimeProvider clock) : IDisposable
{
    /// <summary>The sidecar closes a connection without a valid token that sends nothing for this long.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    // A timer waits for whole milliseconds, at least one.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1), LongestWait = TimeSpan.FromSeconds(1),
        LongestStep = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(most, most);
    private readonly Strangers _strangers = new(most - (most / 8), clock);
    private readonly Queues<string> _clients = new();
    private readonly int _mostOpen = most - (most / 8), _mostOfClients = most - (most / 4);
    private ITimer? _sweep;

    /// <summary>The time a connection has to send its request before a new connection may take its place.</summary>
    public TimeSpan FairChance => _strangers.FairChance;

    /// <summary>How many clients share the places for clients; a reload changes it.</summary>
    public int Clients { get; set; } = clients;

    /// <summary>Connections that are open or being closed.</summary>
    public int Count => most - _free.CurrentCount;

    /// <summary>Takes a place until <see cref="Release"/>.</summary>
    /// <param name="hasTime">Whether the queue of new connections is short, so that connections may stay longer; null means never.</param>
    /// <returns>False if no place became free; the caller must close the connection.</returns>
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

    /// <summary>Records the client of a connection, once a request showed it.</summary>
    /// <returns>False if the client has more busy connections than its share.</returns>
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

    /// <summary>Records that the connection waits for a rejection; such connections close first.</summary>
    public void Distrust(Guest guest)
    {
        using var alone = _gate.EnterScope();

        if (guest is { Place: not null, Client: null, IsGuesser: false })
        {
            _strangers.Distrust(guest);
        }
    }

    /// <summary>Gives the place back once the connection is closed and its memory free.</summary>
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

    /// <summary>Closes every idle connection without a client, when the process stops.</summary>
    public void CloseStrangers()
    {
        Guest[] all;

        lock (_gate)
        {
            all = _strangers.TakeIdle();
        }

        Array.ForEach(all, guest => guest.Close());
    }

    /// <summary>Stops the timer for silent connections. Open connections may still be released afterwards.</summary>
    public void Dispose() => _sweep?.Dispose();

    /// <returns>How long to wait before the next try; null if a place is free or about to become free.</returns>
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
