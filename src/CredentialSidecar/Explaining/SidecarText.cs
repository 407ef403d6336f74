using System.Text.RegularExpressions;

namespace CredentialSidecar.Explaining;

/// <summary>Reads the sidecar's own texts: its log lines, and its answers to programs.</summary>
internal static partial class SidecarText
{
    /// <summary>A line of the log, <c>/status</c> or <c>whoami</c> about a hop.</summary>
    public static Evidence? OfHop(string said)
    {
        if (Hops().Match(said) is not { Success: true } match)
        {
            return null;
        }

        var part = EvidenceReader.Part(said, match.Index, match.Length);
        var code = match.Groups["code"].Success ? match.Groups["code"].Value : null;
        var why = match.Groups["why"].Value;
        return new Evidence(
            why.StartsWith("STS does not allow", StringComparison.Ordinal) ? EvidenceKind.HopDenial
                : code is not null || why.StartsWith("STS asks", StringComparison.Ordinal) ? EvidenceKind.StsError
                : EvidenceKind.Unreachable,
            code ?? (why.StartsWith("STS asks", StringComparison.Ordinal) ? "Throttling" : "AccessDenied"), part)
        {
            Role = match.Groups["role"].Value, Region = EvidenceReader.RegionIn(part),
        };
    }

    /// <summary>The JSON of an answer, also where a program escapes its quotes.</summary>
    public static Evidence? OfAnswer(string said) => Bodies().Match(said) is { Success: true } body
        ? new Evidence(EvidenceKind.SidecarAnswer, body.Groups["code"].Value, EvidenceReader.Part(said, body.Index, body.Length))
        : null;

    [GeneratedRegex(@"Cannot assume (?<role>arn:aws[a-z-]{0,16}:iam::[0-9]{12}:role/[^\s""',;)]{1,576}) \([^)]{3,40}\): "
        + @"(?<why>(?:STS|another server|the AWS SDK)[^.(]{0,200}(?:\((?<code>[A-Za-z]{3,60})\))?)")]
    private static partial Regex Hops();

    [GeneratedRegex(@"\{\s*\\?""code\\?""\s*:\s*\\?""(?<code>[A-Za-z]{3,60})\\?""\s*,\s*\\?""message\\?""")]
    private static partial Regex Bodies();
}
