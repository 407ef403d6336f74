using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Hands a request for task metadata on to the agent; false where it gave no answer and none was begun.</summary>
internal delegate Task<bool> PassOn(HttpContext http);

/// <summary>Answers what siblings ask of the ECS agent beside credentials, by the agent itself.</summary>
internal sealed class MetadataEndpoint(SidecarSettings settings, Wall wall, ClientBook clients, Throttle throttle, PassOn passOn, ContractAnswer answer)
{
    private const long LargestBody = 64 * 1024;

    /// <returns>Whether the request was its own, and has been answered.</returns>
    public async Task<bool> TryAnswerAsync(HttpContext http)
    {
        var (isMetadata, isProtection, isTaskRole) = (MetadataPath.IsMetadata(http), MetadataPath.IsTaskProtection(http), MetadataPath.IsTaskRole(http));

        if (!settings.Options.Passthrough.Metadata || !(isMetadata || isProtection || isTaskRole))
        {
            return false;
        }

        var visit = Visit.Begin(http);

        try
        {
            wall.CheckPeer(http.Connection);
            wall.CheckName(http);
            Wall.CheckBrowser(http.Request);

            if (http.Request.Method != HttpMethods.Get && !(isProtection && http.Request.Method == HttpMethods.Put))
            {
                http.Response.Headers.Allow = isProtection ? "GET, PUT" : "GET";
                throw new CredentialException(CredentialFailure.WrongMethod, $"Only {http.Response.Headers.Allow} is passed on here.");
            }

            // Metadata has no token, since nobody who asks for it could send one; the path holds the container's own id.
            visit.Client = isTaskRole ? clients.Identify(http.Request.Headers.Authorization).Name : null;
            throttle.Admit(http.Connection.RemoteIpAddress, visit.Client);

            if (visit.Client is not null && !settings.Options.Passthrough.TaskRole.Contains(visit.Client))
            {
                throw new CredentialException(CredentialFailure.ForeignDestination, $"Client '{visit.Client}' may not read the task role. Name it in Passthrough:TaskRole if it should.");
            }

            http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = isProtection ? LargestBody : 0;
            await ForwardAsync(http, visit, isTaskRole);
        }
        catch (CredentialException e)
        {
            await answer.RefuseAsync(http, e, isTaskRole ? "the task role" : "task metadata");
        }

        return true;
    }

    private async Task ForwardAsync(HttpContext http, Visit visit, bool isTaskRole)
    {
        if (!await passOn(http) && !http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Clear();
            throw new CredentialException(CredentialFailure.SourceUnavailable, "The ECS agent gave no answer.");
        }

        if (isTaskRole)
        {
            visit.Destination = "(task role)";
            answer.PassedOn(http, visit);
        }
    }
}
