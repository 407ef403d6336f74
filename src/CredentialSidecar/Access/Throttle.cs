using System.Collections.Concurrent;
using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>A ceiling for each peer that no healthy SDK reaches, and a brake for whoever guesses tokens.</summary>
/// <remarks>
/// A peer is a client at an address: siblings share 127.0.0.1, and one that hammers must not starve the others. All who
/// have no token of ours are one peer for each address, and 127.0.0.0/8 is one address, since a sibling could ask from each of it.
/// </remarks>
internal sealed partial class Throttle(WallSettings settings, TimeProvider clock, ILogger<Throttle> logger)
{
    /// <summary>Under the second after which SDKs hang up without having read why (contract R4).</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private const int MostPeers = 1024;

    private readonly ConcurrentDictionary<(IPAddress?, string?), Peer> _peers = new();
    private readonly ConcurrentDictionary<string, Peer> _others = new(StringComparer.Ordinal);
    private long _sweptAt;

    /// <summary>How many are remembered.</summary>
    public int Peers => _peers.Count;

    /// <summary>Counts a request of a client; null has no token.</summary>
    /// <exception cref="RejectedException">It is one too many.</exception>
    public void Admit(IPAddress? address, string? client)
    {
        var now = clock.GetUtcNow();
        var (isAdmitted, hammers) = Of(address, client, now).Count(now, settings.RequestsPerSecond);

        if (hammers)
        {
            Log.Hammered(logger, client ?? "nobody known", address);
        }

        if (!isAdmitted)
        {
            throw new RejectedException(RejectionReason.AskedTooOften, "Asked far more often than any SDK does; wait a second. Keep credentials until shortly before their Expiration.");
        }
    }

    /// <summary>Counts a rejection. A stranger who is rejected again and again waits for it; a client never does.</summary>
    /// <remarks>
    /// However many wait: the budget of connections bounds them, and a newcomer takes the place of the oldest. Cancellation
    /// ends the wait and is no error.
    /// </remarks>
    public async ValueTask DelayAsync(IPAddress? address, string? client, CancellationToken cancellationToken)
    {
        if (client is not null && client != Client.Anyone.Name)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var (isFree, isFirst) = Of(address, client, now).CountRefusal(now);

        if (isFirst)
        {
            Log.Damped(logger, address);
        }

        if (!isFree)
        {
            await Task.Delay(Delay, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether a stranger at that address would wait for a rejection. This counts nothing.</summary>
    public bool IsDamped(IPAddress? address) => _peers.TryGetValue((PeerAddress.Plain(address), null), out var peer) && !peer.HasFreeRefusal(clock.GetUtcNow());

    private Peer Of(IPAddress? address, string? client, DateTimeOffset now)
    {
        address = PeerAddress.Plain(address);

        if (_peers.TryGetValue((address, client), out var known))
        {
            return known;
        }

        // Once a second at most: who sends from ever new addresses must not make each of them costly.
        if (_peers.Count >= MostPeers && now.Ticks - Interlocked.Read(ref _sweptAt) >= TimeSpan.TicksPerSecond)
        {
            Interlocked.Exchange(ref _sweptAt, now.Ticks);

            foreach (var (key, _) in _peers.Where(peer => peer.Value.IsIdle(now)))
            {
                _peers.TryRemove(key, out _);
            }
        }

        // Of those that are too many each client's are one, so that none of them starves another's.
        return _peers.Count >= MostPeers ? _others.GetOrAdd(client ?? "", _ => new Peer()) : _peers.GetOrAdd((address, client), _ => new Peer());
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Hammered, LogLevel.Warning,
            "Client {Client} at {Peer} has asked more than once a second for half a minute. An SDK asks about once an hour for each process: look for code that makes a new client for each call.")]
        public static partial void Hammered(ILogger logger, string client, IPAddress? peer);

        [LoggerMessage(EventIds.Damped, LogLevel.Warning, "Requests from {Peer} without a valid token have been rejected many times: further rejections are answered half a second late.")]
        public static partial void Damped(ILogger logger, IPAddress? peer);
    }
}
