using System.Text.RegularExpressions;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Configuration;

/// <summary>What STS takes for one hop, checked before anything is sent. Limits as of the AssumeRole API reference.</summary>
internal static partial class HopRules
{
    /// <summary>25 minutes: 20 to be left whenever it is served, and some use before that (contract R1, R2).</summary>
    public const int ShortestSeconds = 1500;

    private const int AdvisedSeconds = 1800;
    private const int LongestSeconds = 3600;

    /// <param name="path">The path of one of the hop's settings.</param>
    public static void Check(HopOptions hop, Func<string, string> path, Findings findings)
    {
        if (!RoleArn.TryParse(hop.RoleArn, out var role, out var problem))
        {
            findings.Wrong(path("RoleArn"), problem);
        }

        findings.Require(hop.ExternalId is null || ExternalIds().IsMatch(hop.ExternalId), path("ExternalId"),
            $"is not shown here, has {hop.ExternalId?.Length} characters, expected 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -");
        findings.Require(hop.SourceIdentity is null || Names().IsMatch(hop.SourceIdentity), path("SourceIdentity"),
            $"is {Shown.Quoted(hop.SourceIdentity)}, expected 2 to 64 of A-Z a-z 0-9 _ + = , . @ -");
        RegionRules.CheckName(path("Region"), hop.Region, findings);
        CheckSessionName(hop, path, findings);
        CheckDuration(hop, path, findings);
        PolicyRules.Check(hop, role, path, findings);
        TagRules.Check(hop, path, findings);
    }

    private static void CheckSessionName(HopOptions hop, Func<string, string> path, Findings findings)
    {
        if (hop.SessionName is not { } template)
        {
            return;
        }

        var unknown = SessionNameTemplate.Unknown(template).ToArray();
        var known = string.Join(' ', SessionNameTemplate.Placeholders);
        findings.Require(unknown.Length == 0, path("SessionName"), $"holds {Shown.Quoted(string.Join(' ', unknown))}, expected only {known}");

        // What an operator wrote is taken as it is or refused; only what a placeholder brings in is made to fit.
        findings.Require(unknown.Length > 0 || SessionNameTemplate.IsValid(template), path("SessionName"),
            $"is {Shown.Quoted(template)}, expected 2 to 64 of A-Z a-z 0-9 _ + = , . @ - and the placeholders {known}");
    }

    private static void CheckDuration(HopOptions hop, Func<string, string> path, Findings findings)
    {
        switch (hop.DurationSeconds)
        {
            case < ShortestSeconds:
                findings.Wrong(path("DurationSeconds"),
                    $"is {hop.DurationSeconds}, expected {ShortestSeconds} to {LongestSeconds}: SDKs call again at each API call once 16 minutes or less are left");
                break;
            case < AdvisedSeconds:
                findings.Warn(path("DurationSeconds"),
                    $"is {hop.DurationSeconds}: such a session is renewed every few minutes; {LongestSeconds} costs less and outlives a longer STS outage");
                break;
            case > LongestSeconds:
                findings.Warn(path("DurationSeconds"),
                    $"is {hop.DurationSeconds} and was clamped to {LongestSeconds}: the source is a role session itself, "
                    + "so every hop is role chaining, which STS caps at one hour");
                hop.DurationSeconds = LongestSeconds;
                break;
        }
    }

    [GeneratedRegex(@"^[\w+=,.@:/-]{2,1224}\z", RegexOptions.ECMAScript)]
    private static partial Regex ExternalIds();

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex Names();
}
