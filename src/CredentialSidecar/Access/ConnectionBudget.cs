using System.Net;

namespace CredentialSidecar.Access;

/// <summary>Holds at most so many connections, closed ones included until they are gone, and decides who has to leave.</summary>
/// <remarks>
/// Up to seven eighths may be open; the rest is for those that are being closed, so that a newcomer rarely waits for them.
/// A newcomer always gets in while somebody is here who has not shown whose connection it is: the oldest such one leaves,
/// of the address that has the most of them, and rather one whose request is not still to be read. Clients are never closed for strangers; they have three quarters of the places,
/// shared out among them, and past its share a client loses its own oldest idle connection.
/// </remarks>
/// <param name="most">Connections at once.</param>
/// <param name="clients">How many clients share the places of clients.</param>
internal sealed class ConnectionBudget(int most, int clients, TimeProvider clock) : IDisposable
{
    /// <summary>A connection of nobody known that sends nothing for this long is closed.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    /// <summary>20 000 newcomers a second must be able to come in: those that wait fill the kernel's queue, where honest ones wait with them.</summary>
    private static readonly TimeSpan EachChance = TimeSpan.FromSeconds(1) / 20_000;

    // Each of them costs a question to the kernel.
    private const int MostCandidates = 16;

    // A timer waits for whole milliseconds, and not at all for less than one.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(most, most);
    private readonly Queues<IPAddress> _strangers = new();
    private readonly Queues<string> _clients = new();
    private readonly int _mostOpen = most - (most / 8);
    private readonly int _mostOfClients = most - (most / 4);
    private ITimer? _sweep;

    /// <summary>Time to send a request, and for it to be read, before a newcomer may take the place.</summary>
    public TimeSpan FairChance { get; } = (most - (most / 8)) * EachChance is var chance && chance > Tick ? chance : Tick;

    /// <summary>Connections that are open or being closed.</summary>
    public int Count => most - _free.CurrentCount;

    /// <summary>Finds a place, which is taken until <see cref="Release"/>.</summary>
    /// <returns>False where none became free: the connection must be closed at once.</returns>
    public async ValueTask<bool> AdmitAsync(Guest guest, CancellationToken cancellationToken)
    {
        for (var wait = MakeRoom(); wait > TimeSpan.Zero; wait = MakeRoom())
        {
            await Task.Delay(wait, clock, cancellationToken);
        }

        if (!_free.Wait(0, CancellationToken.None) && !await HasFreeAsync(cancellationToken))
        {
            return false;
        }

        lock (_gate)
        {
            guest.Arrived = guest.QuietSince = clock.GetTimestamp();
            _strangers.Add(guest.Address, guest);
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

            if (isFull || _clients.CountOf(client) >= Math.Max(1, _mostOfClients / Math.Max(1, clients)))
            {
                var whose = isFull && _clients.CountOf(client) == 0 ? _clients.Largest() : client;
                leaving = whose is null ? null : _clients.Oldest(whose, other => !other.IsBusy);

                if (leaving is null)
                {
                    return false;
                }

                _clients.Remove(whose!, leaving);
            }

            _strangers.Remove(guest.Address, guest);
            guest.Client = client;
            _clients.Add(client, guest);
        }

        leaving?.Close();
        return true;
    }

    /// <summary>The connection is gone, and its memory free.</summary>
    public void Release(Guest guest)
    {
        lock (_gate)
        {
            switch (guest)
            {
                case { Place: null }:
                    break;
                case { Client: { } client }:
                    _clients.Remove(client, guest);
                    break;
                default:
                    _strangers.Remove(guest.Address, guest);
                    break;
            }
        }

        _free.Release();
        guest.EndTurn();
    }

    /// <summary>Ends the search for silent connections. Those that are still open may be released afterwards.</summary>
    public void Dispose() => _sweep?.Dispose();

    /// <returns>How long to wait before this can be said again; nothing where a place is free, or about to become so.</returns>
    private TimeSpan MakeRoom()
    {
        Guest? leaving = null;

        lock (_gate)
        {
            if (_strangers.Total + _clients.Total >= _mostOpen && _strangers.Largest() is { } address)
            {
                leaving = _strangers.Oldest(address, guest => !guest.IsUnheard, MostCandidates) ?? _strangers.Oldest(address, _ => true)!;

                if (FairChance - clock.GetElapsedTime(leaving.Arrived) is var wait && wait > TimeSpan.Zero)
                {
                    return wait > Tick ? wait : Tick;
                }

                _strangers.Remove(address, leaving);
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
        List<Guest> silent = [];

        lock (_gate)
        {
            var now = clock.GetTimestamp();

            foreach (var guest in _strangers.All.Where(guest => !guest.IsBusy && clock.GetElapsedTime(guest.QuietSince, now) >= LongestSilence).ToArray())
            {
                if (guest.IsSilent())
                {
                    _strangers.Remove(guest.Address, guest);
                    silent.Add(guest);
                }
                else
                {
                    // Half a request: Kestrel has its own limit for the rest, and answers.
                    guest.QuietSince = now;
                }
            }

            if (_strangers.Total == 0)
            {
                _sweep?.Dispose();
                _sweep = null;
            }
        }

        silent.ForEach(guest => guest.Close());
    }
}
