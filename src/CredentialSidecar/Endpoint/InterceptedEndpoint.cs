using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Answers in the ECS agent's place: the task's own credentials by uid, all else by the agent itself.</summary>
internal sealed class InterceptedEndpoint(SourceSettings source, Served served, Beyond beyond, Throttle throttle, ContractAnswer answer)
{
    private readonly OwnCredentialsPath? _own = source.Endpoint is { } endpoint ? new(endpoint) : null;

    public async Task AnswerAsync(HttpContext http)
    {
        var visit = Visit.Begin(http);

        try
        {
            var destination = DestinationOf(http, visit);
            Wall.CheckBrowser(http.Request);

            if (_own?.IsAskedBy(http) == true)
            {
                Wall.CheckHeaders(http.Request);
                throttle.Admit(http.Connection.RemoteIpAddress, visit.Client);

                // The agent takes any method here, and so must this: a POST that went on to it would bring the task role.
                await answer.ServeAsync(http, visit, destination);
            }
            else
            {
                await ForwardAsync(http, visit);
            }
        }
        catch (Exception e) when (ContractError.Of(e) is { } error)
        {
            await answer.RefuseAsync(http, error, "the ECS agent");
        }
    }

    /// <exception cref="RejectedException">There is nothing here for this connection, or for what this request says of itself.</exception>
    private Destination DestinationOf(HttpContext http, Visit visit)
    {
        var peer = http.Features.GetRequiredFeature<Intercepted>();

        if (peer.Uid is not { } uid)
        {
            throw new RejectedException(RejectionReason.NotIntercepted, peer.Reason);
        }

        (visit.Uid, visit.Client) = (uid, $"uid {uid}");

        // What a browser or a confused server is led to ask for bears another name (and a proxy's form of request has no path first).
        var isAgent = http.Request.Host is { Host: "169.254.170.2", Port: null or 80 } && OwnCredentialsPath.RawTarget(http).StartsWith('/');
        return isAgent ? served.Current.DestinationOf(uid) : throw new RejectedException(RejectionReason.NotIntercepted, "The Host header must be 169.254.170.2.");
    }

    private Task ForwardAsync(HttpContext http, Visit visit)
    {
        Wall.CheckUpgrade(http.Request);

        // Bodies are limited to nothing elsewhere; here they are the agent's business, and pass without being kept.
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return beyond.Forward.OrRefuseAsync(http, visit.Client);
    }
}
