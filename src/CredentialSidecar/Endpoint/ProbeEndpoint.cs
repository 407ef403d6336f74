namespace CredentialSidecar.Endpoint;

/// <summary>Answers a probe or <c>/status</c>.</summary>
/// <param name="withStatus">Whether to answer <c>/status</c>, which names roles and access key ids.</param>
internal delegate Task AnswerProbe(HttpContext http, bool withStatus);

/// <summary>Answers probes on both health listeners, and <c>/status</c> only on loopback.</summary>
/// <remarks>The address for the kubelet has only one guard: it does not serve <c>/status</c>, and meshes add headers to probes.</remarks>
internal sealed class ProbeEndpoint(AnswerProbe probe, ContractAnswer answer) : IEndpoint
{
    public Task AnswerAsync(HttpContext http, Route route)
    {
        Close(http);
        return probe(http, withStatus: route.Asked == Asked.Status);
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error)
    {
        Close(http);
        return answer.RefuseAsync(http, error, "health");
    }

    // One request per connection, so that the next probe gets the place.
    private static void Close(HttpContext http)
    {
        http.Response.Headers.Connection = "close";
    }
}
