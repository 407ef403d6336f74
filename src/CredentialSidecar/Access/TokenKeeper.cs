using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Gives clients new tokens: on rotate-tokens, from a changed token file, and for a new configuration.</summary>
internal sealed partial class TokenKeeper(AccessSettings first, ClientBook book, TimeProvider clock, ILogger<TokenKeeper> logger)
{
    private AccessSettings _settings = first;
    private TaskCompletionSource _followed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The clients of the configuration that is served.</summary>
    public AccessSettings Settings => Volatile.Read(ref _settings);

    /// <summary>Completes when another configuration is followed.</summary>
    public Task Followed => Volatile.Read(ref _followed).Task;

    /// <summary>Makes the tokens of clients that a new configuration adds, and writes them to their directories.</summary>
    /// <returns>The settings with these tokens; nothing is valid before the next snapshot.</returns>
    /// <exception cref="ConfigurationMistakesException">A token cannot be installed, or belongs to another client.</exception>
    public AccessSettings Install(AccessSettings next, Func<string, string> nameOf, string launcher)
    {
        var former = _settings.Clients.ToDictionary(client => client.Name);
        RefuseForeign(next, nameOf);
        ClientSettings[] added =
            [.. next.Clients.Where(client => !former.ContainsKey(client.Name) || IsMoved(former[client.Name], client))];
        var installed = SharedDirectory.Install(next with { Clients = [.. added], SharedDirectory = null }, nameOf, launcher)
            .Clients.ToDictionary(client => client.Name);
        return next with { Clients = [.. next.Clients.Select(client => installed.GetValueOrDefault(client.Name, client))] };
    }

    /// <summary>Takes over a new configuration once it is served, and writes replaced tokens to the directories of their clients.</summary>
    /// <param name="replaced">The clients whose tokens it replaced.</param>
    /// <returns>What could not be written, a clause for each client.</returns>
    public IReadOnlyList<string> Follow(AccessSettings next, IReadOnlyList<ClientSettings> replaced)
    {
        Volatile.Write(ref _settings, next);
        Interlocked.Exchange(ref _followed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        List<string> problems = [];

        foreach (var client in replaced)
        {
            Log.TokenReplaced(logger, client.Name, clock.GetUtcNow() + next.TokenGrace);

            try
            {
                Publish(client, client.Token!);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add($"the new token of client {client.Name} cannot be written to {client.Directory}");
            }
        }

        return problems;
    }

    /// <summary>Creates a new token for each client with a generated one, and writes it to the client's directory.</summary>
    /// <returns>Each of these clients, and why it keeps its token; null if it has a new one.</returns>
    public IReadOnlyList<(string Client, string? Problem)> Rotate()
    {
        List<(string, string?)> rotated = [];

        foreach (var client in _settings.Clients.Where(client => client.Origin == TokenOrigin.Generated))
        {
            var problem = Replace(client, SharedDirectory.NewToken());
            rotated.Add((client.Name, problem));

            if (problem is not null)
            {
                WarnOfKept(client, problem);
            }
        }

        return rotated;
    }

    /// <summary>Marks each directory with a generated token as cleanly ended, so that the next process keeps the token.</summary>
    public void MarkEnded()
    {
        foreach (var client in _settings.Clients.Where(client => client.Origin == TokenOrigin.Generated))
        {
            if (SharedDirectory.Find(client.Directory!) is { } token && book.IsCurrent(client.Name, token))
            {
                try
                {
                    EndMarker.Write(client.Directory!, token);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Without the marker the next start creates a new token and logs event 609.
                }
            }
        }
    }

    /// <summary>Gives a client a new token, and writes it to the client's directory.</summary>
    /// <returns>Why the client keeps its current token; null if it has the new one.</returns>
    public string? Replace(ClientSettings client, string token)
    {
        var grace = _settings.TokenGrace;

        try
        {
            if (book.Replace(client.Name, token, grace, () => Publish(client, token)) is { } until)
            {
                return $"{ClientBook.MostValid} former tokens are still valid, the oldest until {until:yyyy-MM-ddTHH:mm:ssZ}; "
                    + "rotate again after that time";
            }

            Log.TokenReplaced(logger, client.Name, clock.GetUtcNow() + grace);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the new token cannot be written to {client.Directory}";
        }
    }

    public void WarnOfKept(ClientSettings client, string reason) => Log.TokenKept(logger, client.Name, reason);

    private static bool IsMoved(ClientSettings former, ClientSettings next) => next.Origin == TokenOrigin.Generated
        && (former.Origin != TokenOrigin.Generated || former.Directory != next.Directory);

    private void RefuseForeign(AccessSettings next, Func<string, string> nameOf)
    {
        Mistake[] mistakes =
        [
            .. from client in next.Clients
               where client.Token is not null
               from other in next.Clients
               where other.Name != client.Name && other.Token is null && book.IsCurrent(other.Name, client.Token!)
               select new Mistake(nameOf(client.Path), $"has the token of client '{other.Name}'; give each client a different token"),
        ];

        if (mistakes.Length > 0)
        {
            throw new ConfigurationMistakesException(mistakes);
        }
    }

    private static void Publish(ClientSettings client, string token)
    {
        if (client.Directory is not null)
        {
            SharedDirectory.Put(client.Directory, token);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TokenReplaced, LogLevel.Information,
            "Client {Client} has a new token; the former one is valid until {End:yyyy-MM-ddTHH:mm:ssZ}. "
            + "Containers with the variable AWS_CONTAINER_AUTHORIZATION_TOKEN do not see the new token: restart them before then.")]
        public static partial void TokenReplaced(ILogger logger, string client, DateTimeOffset end);

        [LoggerMessage(EventIds.TokenKept, LogLevel.Warning, "Client {Client} keeps its token: {Reason}.")]
        public static partial void TokenKept(ILogger logger, string client, string reason);
    }
}
