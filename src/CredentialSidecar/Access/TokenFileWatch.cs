using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Access;

/// <summary>Replaces a client's token when its token file changes.</summary>
internal sealed class TokenFileWatch(TokenKeeper keeper, ClientBook book, TimeProvider clock) : BackgroundService
{
    // A mounted secret changes by a rename of a parent folder, which a file watcher does not report.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, string?> _complaints = [];
    private readonly Dictionary<string, string?> _found = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var followed = keeper.Followed;
                var files = keeper.Settings.Clients.Where(client => client.Origin == TokenOrigin.File).ToArray();
                await (files.Length > 0 ? Task.Delay(Pause, clock, stoppingToken) : followed.WaitAsync(stoppingToken));
                Array.ForEach(files, ReadAgain);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    private void ReadAgain(ClientSettings client)
    {
        var findings = new Findings();
        var token = AccessRules.ReadFile($"{client.Path}:TokenFile", client.TokenFile!, keeper.Settings.AllowShortTokens, findings);
        var problem = findings.Mistakes.Count > 0 ? findings.Mistakes[0].Text
            : book.OwnerOf(token!) is { } other && other != client.Name ? $"holds a token of client '{other}'" : null;

        // The file may be half written, so its content counts once two reads agree.
        var isCertain = _found.GetValueOrDefault(client.Name) == token;
        _found[client.Name] = token;
        var complaint = problem is not null ? $"its file {problem}"
            : !isCertain || book.IsCurrent(client.Name, token!) ? null
            : keeper.Replace(client, token!);

        // Log each problem once, not every two seconds.
        if (complaint is not null && _complaints.GetValueOrDefault(client.Name) != complaint)
        {
            keeper.WarnOfKept(client, complaint);
        }

        _complaints[client.Name] = complaint;
    }
}
