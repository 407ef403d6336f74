using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>Finds the destination that a request names, and checks that its client may read it.</summary>
internal static class Lookup
{
    /// <exception cref="RejectedException">The destination is not configured, or the client may not read it.</exception>
    public static Destination Find(SessionTree tree, Client client, Wanted wanted, RequestState state) => wanted switch
    {
        { Name: { } name } => FindByName(tree, name, client, state),
        { Role: { } role } => FindByRole(tree, role, client, state),
        _ => DefaultOf(tree, client, state),
    };

    /// <summary>The destinations whose chains end in that role, by name.</summary>
    public static Destination[] EndingIn(SessionTree tree, string role)
    {
        Destination[] exactly = [.. tree.Destinations.Where(destination => destination.Node.Role?.Text == role)];
        var ending = exactly.Length > 0 ? exactly
            : tree.Destinations.Where(destination => destination.Node.Role is { } own && CredentialsPath.IsSame(own.Text, role));
        return [.. ending.OrderBy(destination => destination.Name, StringComparer.Ordinal)];
    }

    private static Destination DefaultOf(SessionTree tree, Client client, RequestState state)
    {
        var destination = client.Only is { } only ? tree.Find(only) : tree.Default;

        if (destination is { Node.IsSource: true })
        {
            return FindByName(tree, destination.Name, client, state);
        }

        return destination is not null && MayRead(client, destination)
            ? destination
            : throw Unknown(
                $"The sidecar has no default destination. Request one by name: /v1/credentials/{{destination}}.{Readable(client)}");
    }

    private static Destination FindByName(SessionTree tree, string name, Client client, RequestState state)
    {
        var destination = tree.Find(name) ?? throw Unknown(
            "The sidecar has no destination with that name. Check AWS_CONTAINER_CREDENTIALS_FULL_URI and the sidecar's Destinations."
            + Readable(client));

        state.Destination = destination.Name;
        return MayRead(client, destination) ? destination : throw Foreign(client, destination);
    }

    private static Destination FindByRole(SessionTree tree, string role, Client client, RequestState state)
    {
        var ending = EndingIn(tree, role);
        Destination[] allowed = [.. ending.Where(destination => MayRead(client, destination))];

        state.Destination = ending.FirstOrDefault()?.Name;
        return (ending, allowed) switch
        {
            ([], _) => throw Unknown($"No destination ends in that role. Check the path and the sidecar's Destinations.{Readable(client)}"),
            (_, []) => throw Foreign(client, ending[0]),
            (_, [var only]) => only,
            _ => throw Unknown("Several destinations end in that role. Request one by name: "
                + $"{string.Join(", ", allowed.Select(destination => $"/role/{destination.Name}"))}."),
        };
    }

    // A destination without hops serves the source's own credentials, so permission to read everything does not include it.
    private static bool MayRead(Client client, Destination destination) =>
        client.MayRead(destination.Name, mustBeListed: destination.Node.IsSource);

    private static RejectedException Unknown(string message) => new(RejectionReason.UnknownDestination, message);

    private static RejectedException Foreign(Client client, Destination destination) => new(RejectionReason.ForeignDestination,
        $"Client '{client.Name}' may not read destination '{destination.Name}'."
            + $"{(destination.Node.IsSource ? MustBeListed(client) : "")}{Readable(client)}");

    private static string MustBeListed(Client client) => " It serves the source's own credentials, so a client must list it: "
        + (client.Destinations is null
            ? "configure a client that has it in Access:Clients:NAME:Destinations."
            : $"add it to Access:Clients:{client.Name}:Destinations.");

    private static string Readable(Client client) =>
        client.Destinations is { } names ? $" This token may read: {string.Join(", ", names)}." : "";
}
