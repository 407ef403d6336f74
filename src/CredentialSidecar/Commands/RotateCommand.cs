using CredentialSidecar.Access;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar rotate-tokens</c>: rotates tokens like SIGHUP, and prints which clients have new tokens.</summary>
internal static class RotateCommand
{
    public const string Name = "rotate-tokens";

    public static ControlCommand Of(TokenKeeper tokens, AuditTrail audit, SidecarSettings settings) => new(Name, (_, _) =>
    {
        audit.Reopen();
        return Task.FromResult(Reply(tokens.Rotate(), settings with { Access = tokens.Settings }));
    });

    /// <param name="rotated">Each client with a generated token, and why it keeps its token; null if it has a new one.</param>
    public static ControlReply Reply(IReadOnlyList<(string Client, string? Problem)> rotated, SidecarSettings settings)
    {
        string[] renewed = [.. rotated.Where(client => client.Problem is null).Select(client => client.Client)];
        (string Client, string? Problem)[] failed = [.. rotated.Where(client => client.Problem is not null)];
        var (have, former) = renewed is [_] ? ("This client has a new token", "one is") : ("These clients have new tokens", "ones are");
        var grace = Durations.Format(settings.Access.TokenGrace);
        string[] lines =
        [
            .. renewed is [] ? Array.Empty<string>() : [$"{have}: {string.Join(", ", renewed)}. The former {former} valid for {grace}."],
            .. failed.Select(client => $"Client {client.Client} keeps its token: {client.Problem}."),
            Kept(settings),
        ];
        return new ControlReply(failed is [] ? ExitCodes.Ok : ExitCodes.Unavailable, string.Join('\n', lines));
    }

    private static string Kept(SidecarSettings settings)
    {
        string[] kept =
        [
            .. settings.Clients.Where(client => client.Origin is TokenOrigin.Value or TokenOrigin.File).Select(Shown),
        ];

        return kept switch
        {
            [] when settings.Clients.Count == 0 => "No client has a token: Access:AllowAnonymous is set.",
            [] => "No client has a configured token.",
            [var only] => $"This client keeps its configured token: {only}. Change it there.",
            _ => $"These clients keep their configured tokens: {string.Join(", ", kept)}. Change them there.",
        };

        string Shown(ClientSettings client) => $"{client.Name} ({client.TokenFile ?? settings.NameOf($"{client.Path}:Token")})";
    }
}
