using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>Gives clients new tokens: from a file that an operator changed, or made by us where one is told to.</summary>
internal sealed partial class TokenKeeper(AccessSettings settings, ClientBook book, TimeProvider clock, ILogger<TokenKeeper> logger) : BackgroundService
{
    // A mounted secret changes by a rename of a folder above it, which no watch of the file sees.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ClientSettings[] _files = [.. settings.Clients.Where(client => client.Origin == TokenOrigin.File)];
    private readonly Dictionary<string, string?> _complaints = [];
    private readonly Dictionary<string, string?> _found = [];

    /// <summary>Makes a new token for each client that has a generated one, and puts it into the client's directory.</summary>
    public void Rotate()
    {
        foreach (var client in settings.Clients.Where(client => client.Origin == TokenOrigin.Generated))
        {
            if (Replace(client, SharedDirectory.NewToken()) is { } problem)
            {
                Log.TokenKept(logger, client.Name, problem);
            }
        }
    }

    /// <summary>Says in each directory with a generated token that this process ends in an orderly way; the next one then keeps the token.</summary>
    public void MarkEnded()
    {
        foreach (var client in settings.Clients.Where(client => client.Origin == TokenOrigin.Generated))
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
            while (_files.Length > 0)
            {
                await Task.Delay(Pause, clock, stoppingToken);
                Array.ForEach(_files, ReadAgain);
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
        var token = AccessRules.ReadFile($"{client.Path}:TokenFile", client.TokenFile!, settings.AllowShortTokens, findings);
        var problem = findings.Mistakes.Count > 0 ? findings.Mistakes[0].Text
            : book.OwnerOf(token!) is { } other && other != client.Name ? $"holds a token of client '{other}'" : null;

        // It may be met half written, so what it holds is believed when it is found twice.
        var isCertain = _found.GetValueOrDefault(client.Name) == token;
        _found[client.Name] = token;
        var complaint = problem is not null ? $"its file {problem}" : !isCertain || book.IsCurrent(client.Name, token!) ? null : Replace(client, token!);

        // Once for each thing that is wrong, and not every two seconds.
        if (complaint is not null && _complaints.GetValueOrDefault(client.Name) != complaint)
        {
            Log.TokenKept(logger, client.Name, complaint);
        }

        _complaints[client.Name] = complaint;
    }

    /// <returns>Why it keeps the present one; null where it does not.</returns>
    private string? Replace(ClientSettings client, string token)
    {
        try
        {
            if (book.Replace(client.Name, token, settings.TokenGrace, () => Publish(client, token)) is { } until)
            {
                return $"{ClientBook.MostValid} former tokens are still valid, the oldest until {until:yyyy-MM-ddTHH:mm:ssZ}; "
                    + "a new one is possible from then on";
            }

            Log.TokenReplaced(logger, client.Name, clock.GetUtcNow() + settings.TokenGrace);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the new one cannot be put into {client.Directory}";
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
