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
        var state = http.Features.GetRequiredFeature<RequestState>();

        if (state.Client is not null && !settings.TaskRole.Contains(state.Client))
        {
            throw new RejectedException(RejectionReason.ForeignDestination,
                $"Client '{state.Client}' may not read the task role. To allow it, add the client to Passthrough:TaskRole.");
        }

        if (route.Asked == Asked.ProtectionChange)
        {
            await _bodies.ReadAsync(http);
        }

        await passOn.OrRefuseAsync(http, state.Client);

        if (route.Asked == Asked.TaskRole)
        {
            state.Destination = "(task role)";
            answer.PassedOn(http, state);
        }
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error) =>
        answer.RefuseAsync(http, error, route.Asked == Asked.TaskRole ? "the task role" : "task metadata");
}
