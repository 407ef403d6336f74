namespace CredentialSidecar.Endpoint;

/// <summary>Answers a probe, or <c>/status</c>.</summary>
/// <param name="withStatus">Whether <c>/status</c> is answered, which names roles and access key ids.</param>
internal delegate Task AnswerProbe(HttpContext http, bool withStatus);

/// <summary>Probes on both health listeners, and <c>/status</c> on the one on loopback.</summary>
/// <remarks>The address that a kubelet asks has one guard only: <c>/status</c> is not there, and meshes add headers to probes.</remarks>
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

    // A probe is one request, and its place is for the next one.
    private static void Close(HttpContext http)
    {
        http.Response.Headers.Connection = "close";
    }
}
