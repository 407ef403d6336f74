using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Answers in the ECS agent's place: the task's own credentials by uid, all else by the agent itself.</summary>
internal sealed class InterceptedEndpoint(Served served, Beyond beyond, ContractAnswer answer) : IEndpoint
{
    public Task AnswerAsync(HttpContext http, Route route)
    {
        var visit = http.Features.GetRequiredFeature<Visit>();

        if (route.Asked == Asked.OwnCredentials)
        {
            // The agent takes any method here, and so must this: a POST that went on to it would bring the task role.
            return answer.ServeAsync(http, visit, served.Current.DestinationOf(visit.Uid!.Value));
        }

        // Bodies are limited to nothing elsewhere; here they are the agent's business, and pass without being kept.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return beyond.Forward.OrRefuseAsync(http, visit.Client);
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error) => answer.RefuseAsync(http, error, "the ECS agent");
}
