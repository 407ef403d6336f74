using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Identifies clients by their token or uid before Kestrel reads the request.</summary>
internal sealed partial class Visitors(
    Identification identification, FindPeer findPeer, Throttle throttle, RejectionLedger ledger, AuditWriter audit,
    ILogger<Visitors> logger)
{
    private static readonly Rejection Unread =
        new(nameof(HungUp), nameof(HungUp), "a request that was not read", "The peer closed the connection, as in event 404.");

    /// <param name="request">The first request of a connection.</param>
    /// <param name="peer">The user at its other end.</param>
    /// <returns>Its client; null if it has none, or none is required (Access:AllowAnonymous).</returns>
    public string? ClientOf(Peek request, PeerUser peer) =>
        // Before all headers have arrived, a missing token means nothing.
        request.IsWhole || request.Authorization is not null ? identification.Known(request.Authorization, peer) : null;

    /// <summary>The user at the other end of a connection.</summary>
    public LocalPeer PeerOf(int fd) => findPeer(fd);

    /// <summary>Whether the request will be rejected for its token, and the rejection is delayed after many others.</summary>
    public bool MustWait(Peek request, IPAddress peer) =>
        identification.UsesTokens && request is { IsWhole: true, IsForAgent: false } && throttle.IsDamped(peer);

    /// <summary>Counts that rejection, and waits for its delay.</summary>
    public ValueTask DelayAsync(IPAddress peer) => throttle.DelayAsync(peer, client: null, CancellationToken.None);

    /// <summary>Whether a connection that its peer closed can be closed without reading it.</summary>
    /// <param name="fd">A socket with unread data.</param>
    /// <param name="listener">The listener that accepted it.</param>
    /// <param name="isBusy">Whether other connections wait for their turn.</param>
    public bool IsLost(int fd, IPAddress peer, Listener listener, bool isBusy)
    {
        if (!listener.IsReadable)
        {
            return isBusy;
        }

        return (isBusy || throttle.IsDamped(peer)) && ClientOf(Peek.At(fd), new PeerUser(() => findPeer(fd))) is null;
    }

    /// <summary>Closes a connection that its peer closed, and counts it unless it was closed to make room.</summary>
    public void Leave(PendingConnection connection)
    {
        if (connection.Close())
        {
            HungUp(connection.Guest.Address);
        }
    }

    /// <summary>Counts a connection without a valid token that its peer closed.</summary>
    public void HungUp(IPAddress peer)
    {
        if (!ledger.Count(peer, null, Unread, withAudit: true))
        {
            return;
        }

        Log.HungUp(logger, PeerAddress.Text(peer));
        audit.Write(0, nameof(HungUp), client: null, peer, new AuditDetails { Count = 1 });
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.HungUp, LogLevel.Warning,
            "A connection from {Peer} without a valid token ended before the sidecar read its request. "
            + "This happens only after many rejections or connections: look for a container that floods the sidecar.")]
        public static partial void HungUp(ILogger logger, string peer);
    }
}
