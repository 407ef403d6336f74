using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>Finds the token, and asks for credentials with it as the program's SDK will.</summary>
internal sealed class Readiness(LaunchSettings settings, TokenLookup tokens)
{
    /// <summary>The token of the last question.</summary>
    public AuthorizationToken? Token { get; private set; }

    public Verdict Reach() => settings.Wait > 0
        ? StopSignals.While(() => new Patience(settings.Wait, () => Environment.TickCount64, Pause, Tell).Wait(Ask))
        : FindToken() ?? Verdict.Ready;

    /// <summary>Reads the token anew each time: the sidecar may write the file, or another one, only now.</summary>
    private Verdict Ask()
    {
        var (port, path) = (settings.Endpoint.Port, Endpoint.PathOf(settings.Destination));
        return FindToken() ?? Verdict.Of(LoopbackHttp.Ask(port, HttpRequest.Get(port, path, Token?.Value)));
    }

    private Verdict? FindToken()
    {
        var finding = tokens.Find();
        Token = finding.Token;
        return finding.Mistake is { } mistake ? Verdict.Of(mistake, finding.MayHeal) : null;
    }

    private static void Pause(int milliseconds) => LoopbackHttp.Pause(milliseconds);

    private void Tell(string reason) => Output.Error($"Waiting for {settings.FullUri}: {reason}");
}
