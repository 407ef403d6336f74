using CredentialSidecar.Access;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Keeps browsers and proxies from <c>/status</c>, which names roles and access key ids.</summary>
internal static class HealthWall
{
    /// <remarks>Not on the address that a kubelet asks: there is no <c>/status</c> there, and meshes add headers to probes.</remarks>
    public static void UseHealthWall(this WebApplication app)
    {
        var (wall, answer) = (app.Services.GetRequiredService<Wall>(), app.Services.GetRequiredService<ContractAnswer>());

        app.Use(async (http, next) =>
        {
            if (Listeners.Of(http) is Listener.Health or Listener.Probes)
            {
                // A probe is one request, and its place is for the next one.
                http.Response.Headers.Connection = "close";
            }

            try
            {
                if (Listeners.Of(http) == Listener.Health)
                {
                    wall.CheckName(http);
                    Wall.CheckHeaders(http.Request);
                }
            }
            catch (RejectedException e)
            {
                await answer.RefuseAsync(http, ContractError.Of(e), "health");
                return;
            }

            await next(http);
        });
    }
}
