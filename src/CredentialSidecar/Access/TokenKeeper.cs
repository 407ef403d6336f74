using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Gives clients new tokens: from a file that an operator changed, or made by us where one is told to.</summary>
internal sealed partial class TokenKeeper(AccessSettings first, ClientBook book, TimeProvider clock, ILogger<TokenKeeper> logger) : BackgroundService
{
    // A mounted secret changes by a rename of a folder above it, which no watch of the file sees.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private AccessSettings _settings = first;
    private TaskCompletionSource _followed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string?> _complaints = [];
    private readonly Dictionary<string, string?> _found = [];

    /// <summary>The clients of the configuration that is served.</summary>
    public AccessSettings Settings => Volatile.Read(ref _settings);

    /// <summary>
    /// Takes up the clients of a new configuration. A new client gets its token; a token that differs from the former one replaces it as
    /// a rotation does.
    /// </summary>
    /// <exception cref="ConfigurationMistakesException">A token cannot be installed, or is that of another client.</exception>
    public AccessSettings Admit(AccessSettings next, Func<string, string> nameOf, string launcher)
    {
        var former = _settings.Clients.ToDictionary(client => client.Name);
        RefuseForeign(next, nameOf);
        ClientSettings[] added = [.. next.Clients.Where(client => !former.ContainsKey(client.Name) || IsMoved(former[client.Name], client))];
        var installed = SharedDirectory.Install(next with { Clients = [.. added], SharedDirectory = null }, nameOf, launcher).Clients;
        book.Add([.. installed.Where(client => !former.ContainsKey(client.Name))]);

        foreach (var client in next.Clients.Except(added).Where(client => client.Token is not null && !book.IsCurrent(client.Name, client.Token))
            .Concat(installed.Where(client => former.ContainsKey(client.Name))))
        {
            if (Replace(client, client.Token!, next.TokenGrace) is { } problem)
            {
                Log.TokenKept(logger, client.Name, problem);
            }
        }

        return next with { Clients = [.. next.Clients.Select(client => installed.FirstOrDefault(other => other.Name == client.Name) ?? client)] };
    }

    /// <summary>Forgets the clients that a new configuration lacks, once it is served.</summary>
    public void Keep(AccessSettings next)
    {
        Volatile.Write(ref _settings, next);
        Interlocked.Exchange(ref _followed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        book.Keep(next.Clients.Select(client => client.Name).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Makes a new token for each client that has a generated one, and puts it into the client's directory.</summary>
    /// <returns>Each of these clients, and why it keeps its token; null where it has a new one.</returns>
    public IReadOnlyList<(string Client, string? Problem)> Rotate()
    {
        List<(string, string?)> rotated = [];

        foreach (var client in _settings.Clients.Where(client => client.Origin == TokenOrigin.Generated))
        {
            var problem = Replace(client, SharedDirectory.NewToken(), _settings.TokenGrace);
            rotated.Add((client.Name, problem));

            if (problem is not null)
            {
                Log.TokenKept(logger, client.Name, problem);
            }
        }

        return rotated;
    }

    /// <summary>Says in each directory with a generated token that this process ends in an orderly way; the next one then keeps the token.</summary>
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
                    // Without the mark the next start makes a new token, and says so.
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var followed = Volatile.Read(ref _followed);
                var files = _settings.Clients.Where(client => client.Origin == TokenOrigin.File).ToArray();
                await (files.Length > 0 ? Task.Delay(Pause, clock, stoppingToken) : followed.Task.WaitAsync(stoppingToken));
                Array.ForEach(files, ReadAgain);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private void ReadAgain(ClientSettings client)
    {
        var findings = new Findings();
        var token = AccessRules.ReadFile($"{client.Path}:TokenFile", client.TokenFile!, _settings.AllowShortTokens, findings);
        var problem = findings.Mistakes.Count > 0 ? findings.Mistakes[0].Text
            : book.OwnerOf(token!) is { } other && other != client.Name ? $"holds a token of client '{other}'" : null;

        // It may be met half written, so what it holds is believed when it is found twice.
        var isCertain = _found.GetValueOrDefault(client.Name) == token;
        _found[client.Name] = token;
        var complaint = problem is not null ? $"its file {problem}" : !isCertain || book.IsCurrent(client.Name, token!) ? null : Replace(client, token!, _settings.TokenGrace);

        // Once for each thing that is wrong, and not every two seconds.
        if (complaint is not null && _complaints.GetValueOrDefault(client.Name) != complaint)
        {
            Log.TokenKept(logger, client.Name, complaint);
        }

        _complaints[client.Name] = complaint;
    }

    /// <returns>Why it keeps the present one; null where it does not.</returns>
    private string? Replace(ClientSettings client, string token, TimeSpan grace)
    {
        try
        {
            if (book.Replace(client.Name, token, grace, () => Publish(client, token)) is { } until)
            {
                return $"{ClientBook.MostValid} former tokens are still valid, the oldest until {until:yyyy-MM-ddTHH:mm:ssZ}; "
                    + "a new one is possible from then on";
            }

            Log.TokenReplaced(logger, client.Name, clock.GetUtcNow() + grace);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the new one cannot be put into {client.Directory}";
        }
    }

    private static bool IsMoved(ClientSettings former, ClientSettings next) => next.Origin == TokenOrigin.Generated
        && (former.Origin != TokenOrigin.Generated || former.Directory != next.Directory);

    private void RefuseForeign(AccessSettings next, Func<string, string> nameOf)
    {
        Mistake[] mistakes =
        [
            .. from client in next.Clients
               let owner = client.Token is null ? null : book.OwnerOf(client.Token)
               where owner is not null && owner != client.Name && next.Clients.Any(other => other.Name == owner)
               select new Mistake(nameOf(client.Path), $"has a token of client '{owner}'; each client needs its own, since it tells them apart"),
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
            "Client {Client} has a new token; the former one is valid until {End:yyyy-MM-ddTHH:mm:ssZ}. Containers that were given AWS_CONTAINER_AUTHORIZATION_TOKEN, the variable, do not see the new one: restart them before then.")]
        public static partial void TokenReplaced(ILogger logger, string client, DateTimeOffset end);

        [LoggerMessage(EventIds.TokenKept, LogLevel.Warning, "Client {Client} keeps its token: {Reason}.")]
        public static partial void TokenKept(ILogger logger, string client, string reason);
    }
}
