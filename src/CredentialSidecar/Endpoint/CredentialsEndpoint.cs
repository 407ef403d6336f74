using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Endpoint;

/// <summary><c>GET /v1/credentials/{destination}</c> and <c>GET /v1/credentials</c>: the container credentials contract.</summary>
internal sealed class CredentialsEndpoint(ListenSettings settings, SessionTree tree, Wall wall, ClientBook clients, Throttle throttle, ContractAnswer answer)
{
    private readonly CredentialsPath _path = new(settings.LocalEndpoints);

    /// <summary>Answers the paths of credentials and every other one.</summary>
    /// <remarks>A fixed path needs no routing table, and so none of the framework's answers without a body.</remarks>
    public async Task AnswerAsync(HttpContext http)
    {
        var visit = Visit.Begin(http);

        try
        {
            wall.Check(http);

            if (!_path.TryRead(http, out var wanted))
            {
                throw new RejectedException(RejectionReason.UnknownPath,
                    "No such path. Credentials are at /v1/credentials/{destination}; check AWS_CONTAINER_CREDENTIALS_FULL_URI.");
            }

            var client = Identify(http);
            visit.Client = client.Name;
            Places.Claim(http, client);
            throttle.Admit(http.Connection.RemoteIpAddress, client.Name);
            await answer.ServeAsync(http, visit, wanted switch
            {
                { Name: { } name } => Find(name, client, visit),
                { Role: { } role } => FindByRole(role, client, visit),
                _ => DefaultOf(client),
            });
        }
        catch (Exception e) when (ContractError.Of(e) is { } error)
        {
            await answer.RefuseAsync(http, Recognize(http, visit) ?? error, Shown(http), "credentials");
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
            visit.Client = client.Name;
            throttle.Admit(http.Connection.RemoteIpAddress, client.Name);
            return null;
        }
        catch (RejectedException tooOften)
        {
            return ContractError.Of(tooOften);
        }
    }

    private static string Readable(Client client) => client.Destinations is { } names ? $" This token may read: {string.Join(", ", names)}." : "";

    private Client Identify(HttpContext http)
    {
        try
        {
            return clients.Identify(http.Request.Headers.Authorization);
        }
        catch (RejectedException)
        {
            // The ceiling of those who are nobody.
            throttle.Admit(http.Connection.RemoteIpAddress, client: null);
            throw;
        }
    }

    private Destination DefaultOf(Client client)
    {
        var destination = client.Only is { } only ? tree.Find(only) : tree.Default;

        return destination is not null && client.MayRead(destination.Name)
            ? destination
            : throw new RejectedException(RejectionReason.UnknownDestination, $"There is no default destination. Name one: /v1/credentials/{{destination}}.{Readable(client)}");
    }

    private Destination Find(string name, Client client, Visit visit)
    {
        var destination = tree.Find(name) ?? throw new RejectedException(RejectionReason.UnknownDestination,
            $"There is no destination of that name; check AWS_CONTAINER_CREDENTIALS_FULL_URI and the sidecar's Destinations.{Readable(client)}");

        visit.Destination = destination.Name;
        return client.MayRead(name)
            ? destination
            : throw new RejectedException(RejectionReason.ForeignDestination, $"Client '{client.Name}' may not read destination '{name}'.{Readable(client)}");
    }

    /// <summary>A destination by the role that its chain ends in.</summary>
    private Destination FindByRole(string role, Client client, Visit visit)
    {
        var ending = EndingIn(role);
        Destination[] allowed = [.. ending.Where(destination => client.MayRead(destination.Name))];

        visit.Destination = ending.FirstOrDefault()?.Name;
        return (ending, allowed) switch
        {
            ([], _) => throw new RejectedException(RejectionReason.UnknownDestination, $"No destination ends in that role; check the path and the sidecar's Destinations.{Readable(client)}"),
            (_, []) => throw new RejectedException(RejectionReason.ForeignDestination, $"Client '{client.Name}' may not read destination '{ending[0].Name}'.{Readable(client)}"),
            (_, [var only]) => only,
            _ => throw new RejectedException(RejectionReason.UnknownDestination, $"Several destinations end in that role; ask for one by its name: {string.Join(", ", allowed.Select(destination => $"/role/{destination.Name}"))}."),
        };
    }

    private Destination[] EndingIn(string role)
    {
        Destination[] exactly = [.. tree.Destinations.Where(destination => destination.Node.Hop.Role.Text == role)];
        var ending = exactly.Length > 0 ? exactly : tree.Destinations.Where(destination => CredentialsPath.IsSame(destination.Node.Hop.Role.Text, role));
        return [.. ending.OrderBy(destination => destination.Name, StringComparer.Ordinal)];
    }

    // A path is the stranger's own text, and may hold a token put in the wrong place: only configured names are repeated.
    private string Shown(HttpContext http) => !_path.TryRead(http, out var wanted) ? "another path" : wanted switch
    {
        { Name: { } name } => tree.Find(name) is null ? "a name that is not configured" : name,
        { Role: { } role } => EndingIn(role) is [var first, ..] ? first.Node.Hop.Role.Text : "a role that is not configured",
        _ => "the default destination",
    };
}
