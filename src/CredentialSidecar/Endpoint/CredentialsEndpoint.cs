using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Endpoint;

/// <summary><c>GET /v1/credentials/{destination}</c> and <c>GET /v1/credentials</c>: the container credentials contract.</summary>
internal sealed class CredentialsEndpoint(
    Served served, Identification identification, Throttle throttle, ContractAnswer answer) : IEndpoint
{
    /// <summary>Answers all paths of the credentials listener.</summary>
    /// <remarks>Without ASP.NET Core routing, which would answer unknown paths without a body.</remarks>
    public Task AnswerAsync(HttpContext http, Route route)
    {
        if (route.Asked == Asked.OtherPath)
        {
            throw new RejectedException(RejectionReason.UnknownPath,
                "The sidecar does not have this path. Set AWS_CONTAINER_CREDENTIALS_FULL_URI to its URL with the path "
                + "/v1/credentials/{destination}.");
        }

        // The snapshot of the token, so that token, permission and role come from the same configuration.
        var state = http.Features.GetRequiredFeature<RequestState>();
        var snapshot = state.Snapshot!;
        return answer.ServeAsync(http, state, Lookup.Find(snapshot.Tree, snapshot.ClientOf(state.Client!), state.Wanted, state));
    }

    public Task RefuseAsync(HttpContext http, Route route, ContractError error)
    {
        var state = http.Features.GetRequiredFeature<RequestState>();
        var asked = route.Asked == Asked.OtherPath ? "another path" : Shown(state.Wanted, served.Current.Tree);
        return answer.RefuseAsync(http, Recognize(http, state) ?? error, asked, "credentials");
    }

    /// <summary>Identifies the client of a request that is rejected before the token check, and applies the client's rate limit.</summary>
    private ContractError? Recognize(HttpContext http, RequestState state)
    {
        if (state.Client is not null
            || identification.Known(http.Request.Headers.Authorization, http.Features.Get<PeerUser>()) is not { } client)
        {
            return null;
        }

        try
        {
            state.Client = client;
            throttle.Admit(PeerAddress.Of(http), client);
            return null;
        }
        catch (RejectedException tooOften)
        {
            return ContractError.Of(tooOften);
        }
    }

    // A path is the client's text and may hold a misplaced token, so only configured names are repeated.
    private static string Shown(Wanted wanted, SessionTree tree) => wanted switch
    {
        { Name: { } name } => tree.Find(name) is null ? "a name that is not configured" : name,
        { Role: { } role } =>
            Lookup.EndingIn(tree, role) is [var first, ..] ? first.Node.Role?.Text ?? first.Name : "a role that is not configured",
        _ => "the default destination",
    };
}
