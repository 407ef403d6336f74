using System.Globalization;
using CredentialSidecar.Access;
using CredentialSidecar.Networking;

namespace CredentialSidecar.Endpoint;

/// <summary>Determines the client of a request by its token, by the uid of its connection, or by both.</summary>
/// <remarks>
/// A token that is sent decides alone, and a client with uids needs one of them too. Only a request without a token is identified
/// by its uid. Any doubt about the uid rejects the request.
/// </remarks>
internal sealed class Identification(Served served, ClientBook book)
{
    /// <summary>Whether a request without a token is always rejected.</summary>
    public bool UsesTokens => book.UseTokens;

    /// <summary>The client of a request, and its uid if that was checked.</summary>
    /// <param name="authorization">The value of the Authorization header, unchanged.</param>
    /// <param name="snapshot">The snapshot that the request uses.</param>
    /// <param name="peer">The user at the other end of the connection; null if the listener does not know it.</param>
    /// <exception cref="RejectedException">The request belongs to no client.</exception>
    public (string Client, uint? Uid) Identify(string? authorization, Snapshot snapshot, PeerUser? peer)
    {
        if (string.IsNullOrEmpty(authorization) && snapshot.HasUidClients)
        {
            return OfUid(snapshot, PeerUser.Of(peer));
        }

        var name = book.Identify(authorization, snapshot.Tokens);
        return (name, Check(snapshot.UidsOf(name), name, peer));
    }

    /// <summary>The client of a request that is rejected for another reason, or whose turn is decided; null if it has none.</summary>
    public string? Known(string? authorization, PeerUser? peer)
    {
        var snapshot = served.Current;

        if (string.IsNullOrEmpty(authorization))
        {
            return snapshot.HasUidClients && PeerUser.Of(peer).Uid is { } uid ? snapshot.ClientOfUid(uid) : null;
        }

        return book.Known(authorization) is { } name
            && (snapshot.UidsOf(name) is not { Count: > 0 } uids || (PeerUser.Of(peer).Uid is { } own && uids.Contains(own))) ? name : null;
    }

    private static (string Client, uint? Uid) OfUid(Snapshot snapshot, LocalPeer peer) => peer.Uid switch
    {
        { } uid when snapshot.ClientOfUid(uid) is { } client => (client, uid),
        { } uid => throw new RejectedException(RejectionReason.Unauthorized,
            $"The request has no authorization token, and its uid {Text(uid)} is not the uid of a client. "
            + "Set AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, or add the uid to Access:Clients:NAME:Uids of the sidecar."),
        null => throw new RejectedException(RejectionReason.Unauthorized,
            $"The request has no authorization token, and the uid of its connection is unknown: {peer.Doubt}. "
            + "Connect directly from the sidecar's network namespace or to its socket, or send a token."),
    };

    private static uint? Check(IReadOnlySet<uint>? uids, string client, PeerUser? asked)
    {
        if (uids is not { Count: > 0 })
        {
            return null;
        }

        var peer = PeerUser.Of(asked);
        return peer.Uid is { } uid && uids.Contains(uid) ? uid : throw new RejectedException(RejectionReason.WrongUser,
            $"The token of client '{client}' is valid only for uid {string.Join(", ", uids.Order().Select(Text))}, "
            + (peer.Uid is { } other ? $"and this connection belongs to uid {Text(other)}."
                : $"and the uid of this connection is unknown: {peer.Doubt}."));
    }

    private static string Text(uint uid) => uid.ToString(CultureInfo.InvariantCulture);
}
