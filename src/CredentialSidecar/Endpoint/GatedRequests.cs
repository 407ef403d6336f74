using System.Collections.Frozen;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Answers every request of every listener.</summary>
/// <remarks>Finds the request's route, lets the gate check the request, and passes it to the route's endpoint.</remarks>
internal static class GatedRequests
{
    public static void RunGated(this WebApplication app)
    {
        var services = app.Services;
        var (finder, gate) = (services.GetRequiredService<RouteFinder>(), services.GetRequiredService<Gate>());
        var answer = services.GetRequiredService<ContractAnswer>();
        var endpoints = Routes.All.Select(route => route.Endpoint).Distinct()
            .ToFrozenDictionary(type => type, type => (IEndpoint)services.GetRequiredService(type));

        app.Run(async http =>
        {
            var route = finder.Find(http, out var wanted);

            if (route.Guards.HasFlag(Guards.Tunnel) && HttpMethods.IsConnect(http.Request.Method))
            {
                await answer.RefuseAsync(http, Tunnels.Refuse(http), "a tunnel");
                return;
            }

            var endpoint = endpoints[route.Endpoint];

            if (route.Listener is ListenerKind.Credentials or ListenerKind.Socket or ListenerKind.Tls or ListenerKind.Intercepted)
            {
                RequestState.Begin(http, wanted);
            }

            try
            {
                gate.Check(http, route);
                await endpoint.AnswerAsync(http, route);
            }
            catch (Exception e) when (ContractError.Of(e) is { } error)
            {
                await endpoint.RefuseAsync(http, route, error);
            }
        });
    }
}
