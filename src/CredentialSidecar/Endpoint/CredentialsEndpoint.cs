using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary><c>GET /v1/credentials/{destination}</c> and <c>GET /v1/credentials</c>: the container credentials contract.</summary>
internal sealed class CredentialsEndpoint(ListenSettings settings, Served served, Wall wall, ClientBook clients, Throttle throttle, ContractAnswer answer)
{
    private readonly CredentialsPath _path = new(settings.LocalEndpoints);

    /// <summary>Answers the paths of credentials and every other one.</summary>
    /// <remarks>A fixed path needs no routing table, and so none of the framework's answers without a body.</remarks>
    public async Task AnswerAsync(HttpContext http)
    {
        var visit = Visit.Begin(http);
        var snapshot = served.Current;

        try
        {
            wall.Check(http);

            if (!_path.TryRead(http, out var wanted))
            {
                throw new RejectedException(RejectionReason.UnknownPath,
                    "No such path. Credentials are at /v1/credentials/{destination}; check AWS_CONTAINER_CREDENTIALS_FULL_URI.");
            }

            var name = Identify(http);
            visit.Client = name;
            Places.Claim(http, name);
            throttle.Admit(http.Connection.RemoteIpAddress, name);
            await answer.ServeAsync(http, visit, Lookup.Find(snapshot.Tree, snapshot.ClientOf(name), wanted, visit));
        }
        catch (Exception e) when (ContractError.Of(e) is { } error)
        {
            await answer.RefuseAsync(http, Recognize(http, visit) ?? error, Shown(http, snapshot.Tree), "credentials");
        }
    }

    /// <summary>A client that is rejected before it was asked for its token is known all the same, and has its own ceiling.</summary>
    private ContractError? Recognize(HttpContext http, Visit visit)
    {
        if (visit.Client is not null || clients.Known(http.Request.Headers.Authorization) is not { } client)
        {
            return null;
        }

        try
        {
            visit.Client = client;
            throttle.Admit(http.Connection.RemoteIpAddress, client);
            return null;
        }
        catch (RejectedException tooOften)
        {
            return ContractError.Of(tooOften);
        }
    }

    private string Identify(HttpContext http)
    {
        try
        {
            return clients.Identify(http.Request.Headers.Authorization);
        }
        catch (RejectedException)
        {
            // All senders without a valid token share one ceiling for each address.
            throttle.Admit(http.Connection.RemoteIpAddress, client: null);
            throw;
        }
    }

    // A path is the stranger's own text, and may hold a token put in the wrong place: only configured names are repeated.
    private string Shown(HttpContext http, SessionTree tree) => !_path.TryRead(http, out var wanted) ? "another path" : wanted switch
    {
        { Name: { } name } => tree.Find(name) is null ? "a name that is not configured" : name,
        { Role: { } role } => Lookup.EndingIn(tree, role) is [var first, ..] ? first.Node.Role!.Text : "a role that is not configured",
        _ => "the default destination",
    };
}
