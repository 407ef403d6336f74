using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>What the kernel tells of a connection, and where requests go that are the agent's.</summary>
/// <param name="Meant">Where the client wanted to connect; null where nobody redirected it.</param>
/// <param name="UidOf">The user behind the client's end, given both ends as the client sees them.</param>
/// <param name="Forward">Hands the request to the agent as it came.</param>
internal sealed record Beyond(Func<Socket, IPEndPoint?> Meant, Func<IPEndPoint, IPEndPoint, uint?> UidOf, PassOn Forward);

/// <summary>Whose connection it is: found out once, when it is accepted.</summary>
/// <param name="Uid">Null where it is nobody's who may ask here; <paramref name="Reason"/> then says why.</param>
internal sealed record Intercepted(uint? Uid, string Reason = "")
{
    /// <summary>The agent's address, as siblings see it.</summary>
    public static readonly IPEndPoint Agent = new(new IPAddress([169, 254, 170, 2]), 80);

    public static ConnectionDelegate Identify(ConnectionDelegate next, Beyond beyond) => connection =>
    {
        connection.Features.Set(Of(connection, beyond));
        return next(connection);
    };

    private static Intercepted Of(ConnectionContext connection, Beyond beyond)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket || connection.RemoteEndPoint is not IPEndPoint client || !Agent.Equals(beyond.Meant(socket)))
        {
            return new Intercepted(null, "This port is for connections to 169.254.170.2 that interception redirects; ask 169.254.170.2, or the sidecar's own port with its token.");
        }

        return beyond.UidOf(client, Agent) is not { } uid ? new Intercepted(null, "The kernel does not tell whose connection this is.")
            : Places.TryClaim(connection.Features, $"uid {uid}") ? new Intercepted(uid)
            : new Intercepted(null, Places.TooMany);
    }
}
