using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Forwarding;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>What an answer means for a program that has not started yet (statuses of contract R9).</summary>
internal sealed class Verdict
{
    private Verdict(int exitCode, bool mayHeal, string reason, string? advice) =>
        (ExitCode, MayHeal, Reason, Advice) = (exitCode, mayHeal, reason, advice);

    /// <summary>The launcher's exit code if the wait ends with this answer; 0 with credentials.</summary>
    public int ExitCode { get; }

    /// <summary>Whether another request may succeed.</summary>
    public bool MayHeal { get; }

    /// <summary>The sidecar's own words where it has some.</summary>
    public string Reason { get; }

    /// <summary>What to do; null where the reason says that already.</summary>
    public string? Advice { get; }

    public static Verdict Ready { get; } = new(ExitCodes.Ok, false, "", null);

    /// <param name="token">The token of the request, if it had one.</param>
    public static Verdict Of(HttpAnswer answer, string? token = null) => answer.Status switch
    {
        200 when answer.Body.Contains("\"AccessKeyId\"", StringComparison.Ordinal) => Ready,
        200 => new(ExitCodes.NotReady, true, "something else answers there", "Check --port."),
        0 => new(ExitCodes.NotReady, true, answer.Trouble, "Does the sidecar run, in the same network namespace, and on this port?"),

        // Only a change of the sidecar's configuration helps.
        403 when JsonText.Member(answer.Body, "code") is "DestinationNotAllowed" => new(ExitCodes.Denied, false, SidecarWords.Of(answer),
            "Add the destination to this client under Access:Clients of the sidecar's configuration, " +
            "or name another one by --destination."),
        403 when JsonText.Member(answer.Body, "code") is "RequestNotAllowed" => new(ExitCodes.Denied, false, SidecarWords.Of(answer),
            "The sidecar's wall rejected the launcher's request; its log says why."),

        403 when JsonText.Member(answer.Body, "code") is ForwardAnswers.NotForwarded => new(
            ExitCodes.Denied, false, SidecarWords.Of(answer),
            "The launcher expects the owner of the file called token beside it on that socket, else uid 9170."),

        // IAM takes seconds to apply a new policy, so the launcher retries after a denial, but not after a wrong token.
        403 => new(ExitCodes.Denied, true, SidecarWords.Of(answer), "A policy has to change; the sidecar's log says which."),

        // The sidecar's own words would name another thing to do.
        401 when token is not null && TokenRule.SchemeOf(token) is { } scheme =>
            new(ExitCodes.Denied, false, $"the token begins with \"{scheme} \"",
                $"Leave \"{scheme} \" out: the sidecar takes its token alone."),
        401 => new(ExitCodes.Denied, false, SidecarWords.Of(answer),
            "Give the launcher the sidecar's token, by --token-file or CREDENTIAL_LAUNCH_TOKEN."),

        // No such destination, or no such path: only a change of configuration helps.
        400 or 404 => new(ExitCodes.Configuration, false, SidecarWords.Of(answer), "Check --destination and --port."),
        _ => new(ExitCodes.NotReady, true, SidecarWords.Of(answer), "The sidecar's log has the details."),
    };

    public static Verdict Of(Mistake mistake, bool mayHeal) => new(mistake.ExitCode, mayHeal, mistake.Text, null);

    /// <param name="waited">How long the launcher waited, in milliseconds.</param>
    public Mistake AsMistake(string uri, int waited) => new(ExitCode, Advice is null
        ? Reason
        : $"No credentials from {uri}{(MayHeal ? $" within {Numbers.Format(waited)}" : "")}: {Reason.TrimEnd('.')}. {Advice}");
}
