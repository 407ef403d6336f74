using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary><c>GET /v1/credentials/{destination}</c> and <c>GET /v1/credentials</c>: the container credentials contract.</summary>
internal sealed class CredentialsEndpoint(
    ListenSettings settings, Served served, ClientBook clients, Throttle throttle, ContractAnswer answer)
    : IEndpoint
{
    private readonly CredentialsPath _path = new(settings.LocalEndpoints);

    /// <summary>Answers all paths of the credentials listener.</summary>
    /// <remarks>Without ASP.NET Core routing, which would answer unknown paths without a body.</remarks>
    public Task AnswerAsync(HttpContext http, Route route)
    {
        if (!_path.TryRead(http, out var wanted))
        {
            throw new RejectedException(RejectionReason.UnknownPath,
                "The sidecar does not have this path. Set AWS_CONTAINER_CREDENTIALS_FULL_URI to its URL with the path "
                + "/v1/credentials/{destination}.");
        }

        // The snapshot of the token, so that token, permission and role come from the same configuration.
        var state = http.Features.GetRequiredFeature<RequestState>();
        var snapshot = state.Snapshot!;
        return answer.ServeAsync(http, state, Lookup.Find(snapshot.Tree, snapshot.ClientOf(state.Client!), wanted, state));
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error)
    {
        var state = http.Features.GetRequiredFeature<RequestState>();
        return answer.RefuseAsync(http, Recognize(http, state) ?? error, Shown(http, served.Current.Tree), "credentials");
    }

    /// <summary>Identifies the client of a request that is rejected before the token check, and applies the client's rate limit.</summary>
    private ContractError? Recognize(HttpContext http, RequestState state)
    {
        if (state.Client is not null || clients.Known(http.Request.Headers.Authorization) is not { } client)
        {
            return null;
        }

        try
        {
            state.Client = client;
            throttle.Admit(http.Connection.RemoteIpAddress, client);
            return null;
        }
        catch (RejectedException tooOften)
        {
            return ContractError.Of(tooOften);
        }
    }

    // A path is the client's text and may hold a misplaced token, so only configured names are repeated.
    private string Shown(HttpContext http, SessionTree tree) => !_path.TryRead(http, out var wanted) ? "another path" : wanted switch
    {
        { Name: { } name } => tree.Find(name) is null ? "a name that is not configured" : name,
        { Role: { } role } =>
            Lookup.EndingIn(tree, role) is [var first, ..] ? first.Node.Role?.Text ?? first.Name : "a role that is not configured",
        _ => "the default destination",
    };
}
