using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Tells clients from strangers before Kestrel has read anything.</summary>
internal sealed partial class Visitors(
    ClientBook clients, Throttle throttle, RejectionLedger ledger, AuditWriter audit, ILogger<Visitors> logger)
{
    private static readonly Rejection Unread = new(nameof(HungUp), nameof(HungUp), "something that was not read", "The peer hung up, as in event 404.");

    /// <param name="request">The first request of a connection.</param>
    /// <returns>The name of the client whose valid token it has; null where it has none, or none is needed (Access:AllowAnonymous).</returns>
    public string? ClientOf(Peek request) => request.Authorization is { } authorization ? clients.Known(authorization) : null;

    /// <summary>Whether the request is sure to be rejected, and after many such rejections waits for it.</summary>
    public bool MustWait(Peek request, IPAddress peer) => clients.UseTokens && request is { IsWhole: true, IsForAgent: false } && throttle.IsDamped(peer);

    /// <summary>Counts the rejection that is sure to come, and waits for it.</summary>
    public ValueTask DelayAsync(IPAddress peer) => throttle.DelayAsync(peer, client: null, CancellationToken.None);

    /// <summary>Whether a connection whose peer has hung up can be closed without looking further.</summary>
    /// <param name="fd">A socket of which nothing has been read.</param>
    /// <param name="listener">Where it came in.</param>
    /// <param name="isBusy">Whether others wait for their turn.</param>
    public bool IsLost(int fd, IPAddress peer, Listener listener, bool isBusy)
    {
        if (listener.Kind != ListenerKind.Credentials)
        {
            return isBusy;
        }

        return (isBusy || throttle.IsDamped(peer)) && ClientOf(Peek.At(fd)) is null;
    }

    /// <summary>Closes a connection whose peer has hung up, and counts it unless it was closed to make room.</summary>
    public void Leave(PendingConnection connection)
    {
        if (connection.Close())
        {
            HungUp(connection.Guest.Address);
        }
    }

    /// <summary>Counts a connection of a stranger that was closed because its peer hung up.</summary>
    public void HungUp(IPAddress peer)
    {
        if (!ledger.Count(peer, null, Unread, withAudit: true))
        {
            return;
        }

        Log.HungUp(logger, peer);
        audit.Write(0, nameof(HungUp), client: null, peer, new AuditDetails { Count = 1 });
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.HungUp, LogLevel.Warning,
            "A connection from {Peer} without a valid token ended before its request was read. This happens only after many rejections or connections: look for a container that floods the sidecar.")]
        public static partial void HungUp(ILogger logger, IPAddress peer);
    }
}
