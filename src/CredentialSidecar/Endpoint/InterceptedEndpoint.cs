using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Answers instead of the ECS agent: the task's own credentials by uid. Everything else is forwarded to the agent.</summary>
internal sealed class InterceptedEndpoint(Served served, KernelAndAgent kernelAndAgent, ContractAnswer answer) : IEndpoint
{
    public Task AnswerAsync(HttpContext http, Route route)
    {
        var state = http.Features.GetRequiredFeature<RequestState>();

        if (route.Asked == Asked.OwnCredentials)
        {
            // The agent accepts any method here, so the sidecar must too: a forwarded POST would return the task role.
            return answer.ServeAsync(http, state, served.Current.DestinationOf(state.Uid!.Value));
        }

        // Other listeners accept no body. Here the agent decides; bodies are forwarded without buffering.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return kernelAndAgent.Forward.OrRefuseAsync(http, state.Client);
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error) => answer.RefuseAsync(http, error, "the ECS agent");
}
