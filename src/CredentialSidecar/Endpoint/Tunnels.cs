using CredentialSidecar.Access;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Rejects CONNECT.</summary>
/// <remarks>After a 200 to CONNECT, Kestrel treats the body as tunnel data and sends a Content-Length of 0, so the body of an answer would follow a length of 0.</remarks>
internal static class Tunnels
{
    public static ContractError Refuse(HttpContext http)
    {
        http.Response.Headers.Allow = "GET";
        return ContractError.Of(new RejectedException(RejectionReason.WrongMethod,
            "CONNECT is not answered: the sidecar is not a proxy. Set NO_PROXY=127.0.0.1,localhost,169.254.170.2."));
    }
}
