using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary>Forwards the requests of siblings to the ECS agent, except those for credentials.</summary>
internal sealed class MetadataEndpoint(PassthroughSettings settings, PassOn passOn, ContractAnswer answer) : IEndpoint
{
    private readonly ArrivingBodies _bodies = new(32);

    /// <exception cref="RejectedException">The method is not forwarded.</exception>
    public static void CheckMethod(HttpContext http, Asked asked)
    {
        if (http.Request.Method != HttpMethods.Get && asked != Asked.ProtectionChange)
        {
            http.Response.Headers.Allow = asked == Asked.Protection ? "GET, PUT" : "GET";
            throw new RejectedException(RejectionReason.WrongMethod, $"Only {http.Response.Headers.Allow} is forwarded here.");
        }
    }

    public async Task AnswerAsync(HttpContext http, Route route)
    {
        // Metadata needs no token, since its clients cannot send one; the path holds the container's own id.
        var visit = http.Features.GetRequiredFeature<Visit>();

        if (visit.Client is not null && !settings.TaskRole.Contains(visit.Client))
        {
            throw new RejectedException(RejectionReason.ForeignDestination,
                $"Client '{visit.Client}' may not read the task role. To allow it, add the client to Passthrough:TaskRole.");
        }

        if (route.Asked == Asked.ProtectionChange)
        {
            await _bodies.ReadAsync(http);
        }

        await passOn.OrRefuseAsync(http, visit.Client);

        if (route.Asked == Asked.TaskRole)
        {
            visit.Destination = "(task role)";
            answer.PassedOn(http, visit);
        }
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error) =>
        answer.RefuseAsync(http, error, route.Asked == Asked.TaskRole ? "the task role" : "task metadata");
}
