using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary>Answers what siblings ask of the ECS agent beside credentials, by the agent itself.</summary>
internal sealed class MetadataEndpoint(PassthroughSettings settings, Wall wall, ClientBook clients, Throttle throttle, PassOn passOn, ContractAnswer answer)
{
    // No name of a client. Those who guess tokens must not use up the ceiling of those who read metadata.
    private const string Readers = "(metadata)";

    private readonly ArrivingBodies _bodies = new(32);

    /// <summary>Whether the request is for it; at once where nothing is passed on, since every GET of a sibling comes by here.</summary>
    public bool IsAsked(HttpContext http) => settings.Metadata && MetadataPath.Of(http) != AgentPart.None;

    public async Task AnswerAsync(HttpContext http)
    {
        var part = MetadataPath.Of(http);
        var (isProtection, isTaskRole) = (part == AgentPart.TaskProtection, part == AgentPart.TaskRole);
        var visit = Visit.Begin(http);

        try
        {
            Check(http, isTaskRole);

            if (http.Request.Method != HttpMethods.Get && !(isProtection && http.Request.Method == HttpMethods.Put))
            {
                http.Response.Headers.Allow = isProtection ? "GET, PUT" : "GET";
                throw new RejectedException(RejectionReason.WrongMethod, $"Only {http.Response.Headers.Allow} is passed on here.");
            }

            if (http.Request.Method != HttpMethods.Put)
            {
                Wall.CheckBody(http.Request);
            }

            // Metadata has no token, since nobody who asks for it could send one; the path holds the container's own id.
            var client = isTaskRole ? clients.Identify(http.Request.Headers.Authorization) : null;
            visit.Client = client;
            Places.Claim(http, client);
            throttle.Admit(http.Connection.RemoteIpAddress, visit.Client ?? Readers);

            if (visit.Client is not null && !settings.TaskRole.Contains(visit.Client))
            {
                throw new RejectedException(RejectionReason.ForeignDestination, $"Client '{visit.Client}' may not read the task role. Name it in Passthrough:TaskRole if it should.");
            }

            if (isProtection && http.Request.Method == HttpMethods.Put)
            {
                await _bodies.ReadAsync(http);
            }

            await passOn.OrRefuseAsync(http, visit.Client);

            if (isTaskRole)
            {
                visit.Destination = "(task role)";
                answer.PassedOn(http, visit);
            }
        }
        catch (Exception e) when (ContractError.Of(e) is { } error)
        {
            await answer.RefuseAsync(http, error, isTaskRole ? "the task role" : "task metadata");
        }
    }

    private void Check(HttpContext http, bool isTaskRole)
    {
        if (isTaskRole)
        {
            wall.Check(http);
            return;
        }

        wall.CheckPeer(http.Connection);
        wall.CheckName(http);
        Wall.CheckBrowser(http.Request);
        Wall.CheckUpgrade(http.Request);
    }
}
