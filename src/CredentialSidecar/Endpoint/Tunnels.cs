using CredentialSidecar.Access;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Rejects CONNECT.</summary>
/// <remarks>
/// For CONNECT, Kestrel treats a body as tunnel data and sends a Content-Length of 0, so a body would follow a length of 0.
/// </remarks>
internal static class Tunnels
{
    public static ContractError Refuse(HttpContext http)
    {
        http.Response.Headers.Allow = "GET";
        return ContractError.Of(new RejectedException(RejectionReason.WrongMethod,
            "The sidecar is not a proxy and does not support CONNECT. Set NO_PROXY=127.0.0.1,localhost,169.254.170.2 in this container."));
    }
}
