using System.Net;
using System.Net.Sockets;

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
}
