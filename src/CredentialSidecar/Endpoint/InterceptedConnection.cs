using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>What the kernel reports about a connection, and how to forward a request to the agent.</summary>
/// <param name="Meant">The address that the client connected to; null if the connection was not redirected.</param>
/// <param name="UidOf">The user behind the client's end, given both ends as the client sees them.</param>
/// <param name="Forward">Forwards the request to the agent unchanged.</param>
internal sealed record KernelAndAgent(Func<Socket, IPEndPoint?> Meant, Func<IPEndPoint, IPEndPoint, uint?> UidOf, PassOn Forward);

/// <summary>The user of a redirected connection, determined once, when the connection is accepted.</summary>
/// <param name="Uid">Null if the connection is rejected; <paramref name="Reason"/> then says why.</param>
internal sealed record InterceptedConnection(uint? Uid, string Reason = "")
{
    /// <summary>The agent's address that siblings use.</summary>
    public static readonly IPEndPoint Agent = new(new IPAddress([169, 254, 170, 2]), 80);

    /// <exception cref="RejectedException">The connection is rejected.</exception>
    public static void Check(HttpContext http)
    {
        var (peer, state) = (http.Features.GetRequiredFeature<InterceptedConnection>(), http.Features.GetRequiredFeature<RequestState>());

        if (peer.Uid is not { } uid)
        {
            throw new RejectedException(RejectionReason.NotIntercepted, peer.Reason);
        }

        (state.Uid, state.Client) = (uid, $"uid {uid}");
    }

    /// <summary>Checks that the request is for 169.254.170.2.</summary>
    /// <exception cref="RejectedException">The Host header is another name, as after DNS rebinding, or the request is meant for a
    /// proxy.</exception>
    public static void CheckHost(HttpContext http)
    {
        if (http.Request.Host is not { Host: "169.254.170.2", Port: null or 80 } || !OwnCredentialsPath.RawTarget(http).StartsWith('/'))
        {
            throw new RejectedException(RejectionReason.NotIntercepted, "The Host header must be 169.254.170.2.");
        }
    }
}
