using CredentialSidecar.Access;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Checks each request with the guards of its route. All listeners use this gate, and no other code checks requests.</summary>
internal sealed class Gate(Wall wall, Served served, Identification identification, Throttle throttle)
{
    // Not a client name: token guessers must not use up the rate limit of containers that read metadata.
    private const string Readers = "(metadata)";

    /// <exception cref="RejectedException">A guard rejects the request.</exception>
    public void Check(HttpContext http, Route route)
    {
        // ControlPeers already checked the connection; otherwise its request is never read.
        if (Has(Guards.RedirectedUid))
        {
            InterceptedConnection.Check(http);
        }

        if (Has(Guards.AgentHost))
        {
            InterceptedConnection.CheckHost(http);
        }

        if (Has(Guards.PeerAddress))
        {
            wall.CheckPeer(http.Connection);
        }

        if (Has(Guards.ProxyForm))
        {
            Wall.CheckForm(http);
        }

        if (Has(Guards.HostName))
        {
            wall.CheckHost(http);
        }

        if (Has(Guards.BrowserHeaders))
        {
            Wall.CheckBrowser(http.Request);
        }

        if (Has(Guards.ProxyHeaders))
        {
            Wall.CheckProxies(http.Request);
        }

        if (Has(Guards.Upgrade))
        {
            Wall.CheckUpgrade(http.Request);
        }

        if (Has(Guards.ForwardedMethod))
        {
            MetadataEndpoint.CheckMethod(http, route.Asked);
        }

        if (Has(Guards.Body))
        {
            Wall.CheckBody(http.Request);
        }

        if (Has(Guards.Method))
        {
            Wall.CheckMethod(http);
        }

        if (Has(Guards.Client))
        {
            CheckClient(http, Has(Guards.StrangersCeiling));
        }

        if (Has(Guards.Ceiling))
        {
            throttle.Admit(PeerAddress.Of(http), http.Features.Get<RequestState>()!.Client ?? Readers);
        }

        bool Has(Guards guard) => (route.Guards & guard) != 0;
    }

    private void CheckClient(HttpContext http, bool hasCeiling)
    {
        var state = http.Features.Get<RequestState>()!;

        try
        {
            state.Snapshot = served.Current;
            (state.Client, state.Uid) =
                identification.Identify(http.Request.Headers.Authorization, state.Snapshot, http.Features.Get<PeerUser>());
        }
        catch (RejectedException) when (hasCeiling)
        {
            throttle.Admit(PeerAddress.Of(http), client: null);
            throw;
        }

        Places.Claim(http, state.Client);
    }
}
