using CredentialSidecar.Access;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Rejects CONNECT on every listener.</summary>
/// <remarks>After a 200 to CONNECT, Kestrel treats the body as tunnel data and sends a Content-Length of 0, so the body of an answer would follow a length of 0.</remarks>
internal static class Tunnels
{
    public static void UseNoTunnels(this WebApplication app)
    {
        var answer = app.Services.GetRequiredService<ContractAnswer>();

        app.Use(async (http, next) =>
        {
            if (!HttpMethods.IsConnect(http.Request.Method))
            {
                await next(http);
                return;
            }

            http.Response.Headers.Allow = "GET";
            var rejected = new RejectedException(RejectionReason.WrongMethod, "CONNECT is not answered: the sidecar is not a proxy. Set NO_PROXY=127.0.0.1,localhost,169.254.170.2.");
            await answer.RefuseAsync(http, ContractError.Of(rejected), "a tunnel");
        });
    }
}
