using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Gives clients new tokens: on rotate-tokens, from a changed token file, and for a new configuration.</summary>
internal sealed partial class TokenKeeper(AccessSettings first, ClientBook book, TimeProvider clock, ILogger<TokenKeeper> logger)
{
    private readonly RetiredTokens _retired = new();
    private readonly Dictionary<string, string> _unwritten = new(StringComparer.Ordinal);
    private AccessSettings _settings = first;
    private TaskCompletionSource _followed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The clients of the configuration that is served.</summary>
    public AccessSettings Settings => Volatile.Read(ref _settings);

    /// <summary>Completes when another configuration is followed.</summary>
    public Task Followed => Volatile.Read(ref _followed).Task;

    /// <summary>Held while tokens change. A reload holds it from <see cref="Prepare"/> to <see cref="Follow"/>.</summary>
    public Lock Changing { get; } = new();

    /// <summary>Finds the tokens of a new configuration, and writes them beside their names. Nothing else changes yet.</summary>
    /// <param name="next">The clients of the new configuration.</param>
    /// <exception cref="ConfigurationMistakesException">A token cannot be written, or belongs to another client.</exception>
    public PendingTokens Prepare(AccessSettings next, Func<string, string> nameOf, string launcher) =>
        new TokenPlan(book, _settings, _retired, _unwritten).Make(next, nameOf, launcher);

    /// <summary>Takes over a new configuration once it is served, and puts its tokens in place.</summary>
    /// <returns>What could not be put in place, as clauses.</returns>
    public IReadOnlyList<string> Follow(PendingTokens pending)
    {
        var next = pending.Access;
        Volatile.Write(ref _settings, next);
        Interlocked.Exchange(ref _followed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        _retired.Follow(pending.Removed, [.. next.Clients.Select(client => client.Name)]);

        foreach (var client in pending.Replaced)
        {
            Log.TokenReplaced(logger, client.Name, clock.GetUtcNow() + next.TokenGrace);
        }

        foreach (var client in next.Clients.Where(client => client.Distrusted is not null))
        {
            Log.TokenDistrusted(logger, client.Name, client.Directory!);
        }

        _unwritten.Clear();
        List<string> problems = [];

        foreach (var (client, problem) in pending.Commit())
        {
            _unwritten[client.Name] = client.Token!;
            Log.TokenNotWritten(logger, client.Name, client.Directory!, problem);
            problems.Add($"the token of client {client.Name} cannot be written to {client.Directory}: {problem}");
        }

        return problems;
    }

    /// <summary>Whether a reload has left a token that is not in its client's directory.</summary>
    public bool HasUnwritten => _unwritten.Count > 0;

    /// <summary>Creates a new token for each client with a generated one, and writes it to the client's directory.</summary>
    /// <returns>Each of these clients, and why it keeps its token; null if it has a new one.</returns>
    public IReadOnlyList<(string Client, string? Problem)> Rotate()
    {
        using var alone = Changing.EnterScope();
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
        using var alone = Changing.EnterScope();

        // A reload has changed the client since the caller looked, and takes care of its token.
        if (_settings.Clients.FirstOrDefault(one => one.Name == client.Name) is not { } now
            || now.Origin != client.Origin || now.Directory != client.Directory || now.TokenFile != client.TokenFile)
        {
            return null;
        }

        var grace = _settings.TokenGrace;

        try
        {
            if (book.Replace(client.Name, token, grace, () => Publish(client, token)) is { } until)
            {
                return $"{ClientBook.MostValid} former tokens are still valid, the oldest until {until:yyyy-MM-ddTHH:mm:ssZ}; "
                    + "rotate again after that time";
            }

            Log.TokenReplaced(logger, client.Name, clock.GetUtcNow() + grace);
            _unwritten.Remove(client.Name);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the new token cannot be written to {client.Directory}";
        }
    }

    public void WarnOfKept(ClientSettings client, string reason) => Log.TokenKept(logger, client.Name, reason);

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

        [LoggerMessage(EventIds.TokenDistrusted, LogLevel.Warning,
            "Client {Client} has a new token in {Directory}. The directory held a token that another process may have collected, "
            + "so the sidecar rejects that token. Restart containers that use AWS_CONTAINER_AUTHORIZATION_TOKEN instead of "
            + "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. Access:KeepTokens=true keeps tokens.")]
        public static partial void TokenDistrusted(ILogger logger, string client, string directory);

        [LoggerMessage(EventIds.TokenNotWritten, LogLevel.Error,
            "The token of client {Client} cannot be written to {Directory}: {Reason}. Containers that read it there are rejected. "
            + "Correct the directory and run credential-sidecar reload.")]
        public static partial void TokenNotWritten(ILogger logger, string client, string directory, string reason);

        [LoggerMessage(EventIds.TokenKept, LogLevel.Warning, "Client {Client} keeps its token: {Reason}.")]
        public static partial void TokenKept(ILogger logger, string client, string reason);
    }
}
