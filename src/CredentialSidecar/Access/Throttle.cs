using System.Collections.Concurrent;
using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Limits the request rate of each peer, far above any SDK's rate, and slows down token guessing.</summary>
/// <remarks>
/// A peer is a client at an address: siblings share 127.0.0.1, and one that sends too much must not starve the others.
/// All requests without a valid token from one address are one peer. 127.0.0.0/8 is one address, since siblings can use all of it.
/// </remarks>
internal sealed partial class Throttle(WallSettings settings, TimeProvider clock, ILogger<Throttle> logger)
{
    /// <summary>Less than the 1 s after which SDKs close the connection without reading the answer (contract R4).</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private const int MostPeers = 1024;

    private readonly ConcurrentDictionary<(IPAddress?, string?), PeerRecord> _peers = new();
    private readonly ConcurrentDictionary<string, PeerRecord> _others = new(StringComparer.Ordinal);
    private long _sweptAt;

    /// <summary>How many peers are remembered.</summary>
    public int Peers => _peers.Count;

    /// <summary>Counts a request of a client; null means no valid token.</summary>
    /// <exception cref="RejectedException">The peer exceeded its rate.</exception>
    public void Admit(IPAddress? address, string? client)
    {
        var now = clock.GetUtcNow();
        var (isAdmitted, hammers) = Of(address, client, now).Count(now, settings.RequestsPerSecond);

        if (hammers)
        {
            Log.Hammered(logger, client ?? "unknown", PeerAddress.Text(address));
        }

        if (!isAdmitted)
        {
            throw new RejectedException(RejectionReason.AskedTooOften,
                "Too many requests, far more than any SDK sends. Wait 1 s, and reuse credentials until shortly before their Expiration.");
        }
    }

    /// <summary>Counts a rejection, and delays it if the peer has no valid token and was rejected often. Clients never wait.</summary>
    /// <remarks>
    /// The connection budget limits how many wait; a new connection takes the place of the oldest. Cancellation ends the wait
    /// without an exception.
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
            Log.Damped(logger, PeerAddress.Text(address));
        }

        if (!isFree)
        {
            await Task.Delay(Delay, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether a rejection for a peer without a valid token at this address would be delayed. Does not count.</summary>
    public bool IsDamped(IPAddress? address) =>
        _peers.TryGetValue((PeerAddress.Plain(address), null), out var peer) && !peer.HasFreeRefusal(clock.GetUtcNow());

    private PeerRecord Of(IPAddress? address, string? client, DateTimeOffset now)
    {
        address = PeerAddress.Plain(address);

        if (_peers.TryGetValue((address, client), out var known))
        {
            return known;
        }

        // At most once a second, so that a flood from changing addresses stays cheap.
        if (_peers.Count >= MostPeers && now.Ticks - Interlocked.Read(ref _sweptAt) >= TimeSpan.TicksPerSecond)
        {
            Interlocked.Exchange(ref _sweptAt, now.Ticks);

            foreach (var (key, _) in _peers.Where(peer => peer.Value.IsIdle(now)))
            {
                _peers.TryRemove(key, out _);
            }
        }

        // Past the limit, addresses share one bucket per client, so one client cannot starve another.
        return _peers.Count >= MostPeers
            ? _others.GetOrAdd(client ?? "", _ => new PeerRecord())
            : _peers.GetOrAdd((address, client), _ => new PeerRecord());
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Hammered, LogLevel.Warning,
            "Client {Client} at {Peer} has sent more than one request a second for 30 s. An SDK sends about one an hour per process: "
            + "look for code that creates an SDK client for each call.")]
        public static partial void Hammered(ILogger logger, string client, string? peer);

        [LoggerMessage(EventIds.Damped, LogLevel.Warning,
            "Many requests from {Peer} without a valid token were rejected; further rejections are delayed by 0.5 s.")]
        public static partial void Damped(ILogger logger, string? peer);
    }
}
