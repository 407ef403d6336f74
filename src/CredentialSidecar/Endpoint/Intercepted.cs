using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using Microsoft.AspNetCore.Http.Features;

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

    /// <exception cref="RejectedException">There is nothing here for this connection.</exception>
    public static void Check(HttpContext http)
    {
        var (peer, visit) = (http.Features.GetRequiredFeature<Intercepted>(), http.Features.GetRequiredFeature<Visit>());

        if (peer.Uid is not { } uid)
        {
            throw new RejectedException(RejectionReason.NotIntercepted, peer.Reason);
        }

        (visit.Uid, visit.Client) = (uid, $"uid {uid}");
    }

    /// <summary>Here is 169.254.170.2 alone.</summary>
    /// <exception cref="RejectedException">A browser or a server was led to ask for another name, or a proxy is asked.</exception>
    public static void CheckHost(HttpContext http)
    {
        if (http.Request.Host is not { Host: "169.254.170.2", Port: null or 80 } || !OwnCredentialsPath.RawTarget(http).StartsWith('/'))
        {
            throw new RejectedException(RejectionReason.NotIntercepted, "The Host header must be 169.254.170.2.");
        }
    }
}
