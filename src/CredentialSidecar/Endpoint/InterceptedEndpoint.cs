using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Answers instead of the ECS agent: the task's own credentials by uid. Everything else is forwarded to the agent.</summary>
internal sealed class InterceptedEndpoint(Served served, Beyond beyond, ContractAnswer answer) : IEndpoint
{
    public Task AnswerAsync(HttpContext http, Route route)
    {
        var visit = http.Features.GetRequiredFeature<Visit>();

        if (route.Asked == Asked.OwnCredentials)
        {
            // The agent accepts any method here, so the sidecar must too: a forwarded POST would return the task role.
            return answer.ServeAsync(http, visit, served.Current.DestinationOf(visit.Uid!.Value));
        }

        // Other listeners accept no body. Here the agent decides; bodies are forwarded without buffering.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return beyond.Forward.OrRefuseAsync(http, visit.Client);
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error) => answer.RefuseAsync(http, error, "the ECS agent");
}
