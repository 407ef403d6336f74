using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Listening;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>Finds the token, and asks for credentials with it as the program's SDK will.</summary>
internal sealed class Readiness(LaunchSettings settings, TokenLookup tokens, ListenerGuard guard, HttpPoll poll)
{
    private const string Changed = "the port changed hands while the launcher connected";

    /// <summary>The token of the last request.</summary>
    public AuthorizationToken? Token { get; private set; }

    /// <summary>The body of the last answer, which holds the credentials.</summary>
    public string Body { get; private set; } = "";

    /// <summary>Waits for credentials, or only finds the token where no wait is wanted.</summary>
    public Verdict Reach() => settings.Wait > 0 ? Fetch() : FindToken() ?? Verdict.Ready;

    /// <summary>Asks at least once.</summary>
    public Verdict Fetch() => new Patience(settings.Wait, () => Environment.TickCount64, poll.Pause, Tell).Wait(Ask);

    /// <summary>Checks the listener just before the program starts, because the program sends the token.</summary>
    /// <returns>Null where the sidecar listens or the port is free.</returns>
    public Verdict? Stranger() => !settings.Endpoint.Secure && guard.Look(settings.Endpoint.Port) == Holder.Stranger
        ? Verdict.Of(guard.Mistake!, mayHeal: false)
        : null;

    /// <summary>Reads the token on every attempt, because the sidecar may write or replace the file meanwhile.</summary>
    private Verdict Ask()
    {
        if ((FindToken() ?? Stranger()) is { } verdict)
        {
            return verdict;
        }

        var port = settings.Endpoint.Port;
        var request = HttpRequest.Get(port, Endpoint.PathOf(settings.Destination), Token?.Value);

        // Checks the listener again on the open connection, so a program that took the port in between gets no token.
        var exchange = HttpExchange.Begin(Endpoint.LoopbackBytes, port, request, () => guard.Look(port) == Holder.Sidecar ? null : Changed);
        var answer = poll.Await(exchange);
        Body = answer.Body;
        return (answer.Trouble == Changed ? Stranger() : null) ?? Verdict.Of(answer, Token?.Value);
    }

    private Verdict? FindToken()
    {
        var finding = tokens.Find();
        Token = finding.Token;
        return finding.Mistake is { } mistake ? Verdict.Of(mistake, finding.MayHeal) : null;
    }

    private void Tell(string reason) => Output.Error($"Waiting for {settings.FullUri}: {reason}");
}
