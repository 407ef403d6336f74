using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>Finds the tokens of the clients of a new configuration.</summary>
/// <param name="former">The clients of the configuration that is served.</param>
/// <param name="retired">Generated tokens of clients that earlier reloads removed.</param>
/// <param name="unwritten">Current tokens, by client, that could not be written to the client's directory.</param>
internal sealed class TokenPlan(
    ClientBook book, AccessSettings former, RetiredTokens retired, IReadOnlyDictionary<string, string> unwritten)
{
    /// <summary>Writes the tokens beside their names in the directories of the clients. Nothing else changes yet.</summary>
    /// <exception cref="ConfigurationMistakesException">A token cannot be written, or belongs to another client.</exception>
    public PendingTokens Make(AccessSettings next, Func<string, string> nameOf, string launcher)
    {
        RefuseForeign(next, nameOf);
        DirectoryAliases.Refuse(next.Clients, nameOf);
        var staged = new List<(ClientSettings Client, StagedFiles Files)>();

        try
        {
            var known = former.Clients.ToDictionary(client => client.Name);
            var taken = next.Clients.Select(client => client.Token).OfType<string>().ToHashSet(StringComparer.Ordinal);
            ClientSettings[] clients =
            [
                .. next.Clients.Select(client => Prepare(client, known.GetValueOrDefault(client.Name), next, taken)),
            ];

            foreach (var client in clients.Where(client => IsNews(client, known.GetValueOrDefault(client.Name))))
            {
                staged.Add((client, new StagedFiles()));
                SharedDirectory.Stage(staged[^1].Files, client.Directory!, nameOf(SharedDirectory.KeyOf(client)), launcher, client.Token);
            }

            ClientSettings[] replaced =
            [
                .. clients.Where(client => known.ContainsKey(client.Name) && client.Token is not null
                    && !book.IsCurrent(client.Name, client.Token)),
            ];
            (string, string)[] removed =
            [
                .. from client in former.Clients
                   where next.Clients.All(other => other.Name != client.Name)
                   let token = CurrentToken(client)
                   where token is not null
                   select (client.Name, token),
            ];
            return new PendingTokens(next with { Clients = [.. clients] }, staged, replaced, removed);
        }
        catch
        {
            staged.ForEach(one => one.Files.Dispose());
            throw;
        }
    }

    /// <param name="taken">The tokens that clients have already.</param>
    private ClientSettings Prepare(ClientSettings client, ClientSettings? known, AccessSettings next, HashSet<string> taken)
    {
        if (client.Origin != TokenOrigin.Generated || (known?.Origin == TokenOrigin.Generated && known.Directory == client.Directory))
        {
            return unwritten.GetValueOrDefault(client.Name) is { } token && book.IsCurrent(client.Name, token)
                ? client with { Token = token } : client;
        }

        // A client keeps its generated token when its directory moves.
        if (known?.Origin == TokenOrigin.Generated)
        {
            return client with { Token = CurrentToken(known) ?? SharedDirectory.NewToken() };
        }

        var there = SharedDirectory.Find(client.Directory!);
        var isOurs = there is not null && book.OwnerOf(there) is not null;
        var isKept = there is not null && known is null && taken.Add(there) && (isOurs
            ? IsFree(there, next)
            : retired.IsOf(client.Name, there) || (next.KeepTokens && !retired.Holds(there)));
        return client with
        {
            Token = isKept ? there : SharedDirectory.NewToken(),
            Distrusted = isKept || isOurs ? null : there,
        };
    }

    /// <summary>Whether the client's directory lacks its token.</summary>
    private static bool IsNews(ClientSettings client, ClientSettings? known) => client is { Directory: not null, Token: not null }
        && (known is null || known.Directory != client.Directory || client.Token != SharedDirectory.Find(client.Directory));

    // The token of a client that the new configuration calls by another name.
    private bool IsFree(string token, AccessSettings next) =>
        book.OwnerOf(token) is { } owner && next.Clients.All(client => client.Name != owner) && book.IsCurrent(owner, token);

    /// <summary>The generated token of a client; null if its file holds another one.</summary>
    private string? CurrentToken(ClientSettings client) =>
        client is { Origin: TokenOrigin.Generated, Directory: { } directory }
            && (unwritten.GetValueOrDefault(client.Name) ?? SharedDirectory.Find(directory)) is { } token
            && book.IsCurrent(client.Name, token) ? token : null;

    private void RefuseForeign(AccessSettings next, Func<string, string> nameOf)
    {
        ConfigurationMistakesException.ThrowIfAny(
        [
            .. from client in next.Clients
               where client.Token is not null
               from other in next.Clients
               where other.Name != client.Name && other.Token is null && book.IsCurrent(other.Name, client.Token!)
               select new Mistake(nameOf(client.Path), $"has the token of client '{other.Name}'; give each client a different token"),
        ]);
    }
}
