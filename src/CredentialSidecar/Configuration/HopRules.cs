using System.Text.Json;
using System.Text.RegularExpressions;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Configuration;

/// <summary>What STS takes for one hop, checked before anything is sent. Limits as of the AssumeRole API reference.</summary>
internal static partial class HopRules
{
    private const int ShortestSeconds = 1500;
    private const int AdvisedSeconds = 1800;
    private const int LongestSeconds = 3600;

    public static void Check(HopOptions hop, Func<string, string> key, Findings findings)
    {
        if (!RoleArn.TryParse(hop.RoleArn, out var role, out var problem))
        {
            findings.Wrong(key("RoleArn"), problem);
        }

        findings.Require(hop.ExternalId is null || ExternalIds().IsMatch(hop.ExternalId), key("ExternalId"),
            $"has {hop.ExternalId?.Length} characters, expected 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -");
        findings.Require(hop.SourceIdentity is null || Names().IsMatch(hop.SourceIdentity), key("SourceIdentity"),
            $"is '{hop.SourceIdentity}', expected 2 to 64 of A-Z a-z 0-9 _ + = , . @ -");
        findings.Require(hop.Region is null || Regions().IsMatch(hop.Region), key("Region"), $"is '{hop.Region}', expected a region such as eu-central-1");
        CheckSessionName(hop, key, findings);
        CheckDuration(hop, key, findings);
        CheckPolicy(hop, role, key, findings);
        TagRules.Check(hop, key, findings);
    }

    private static void CheckSessionName(HopOptions hop, Func<string, string> key, Findings findings)
    {
        if (hop.SessionName is not { } template)
        {
            return;
        }

        findings.Require(!SessionNameTemplate.Unknown(template).Any(), key("SessionName"),
            $"holds {string.Join(", ", SessionNameTemplate.Unknown(template))}, expected only {string.Join(" ", SessionNameTemplate.Placeholders)}");

        // A fixed name is taken as it is or refused; only what a placeholder brings in is made to fit.
        findings.Require(template.Contains('{', StringComparison.Ordinal) || Names().IsMatch(template), key("SessionName"),
            $"is '{template}', expected 2 to 64 of A-Z a-z 0-9 _ + = , . @ -");
    }

    private static void CheckDuration(HopOptions hop, Func<string, string> key, Findings findings)
    {
        switch (hop.DurationSeconds)
        {
            case < ShortestSeconds:
                findings.Wrong(key("DurationSeconds"), $"is {hop.DurationSeconds}, expected {ShortestSeconds} to {LongestSeconds}: SDKs call again at each API call once 16 minutes or less are left");
                break;
            case < AdvisedSeconds:
                findings.Warn(key("DurationSeconds"), $"is {hop.DurationSeconds}: such a session is renewed every few minutes; {LongestSeconds} costs less and outlives a longer STS outage");
                break;
            case > LongestSeconds:
                findings.Warn(key("DurationSeconds"), $"is {hop.DurationSeconds} and was clamped to {LongestSeconds}: the source is a role session itself, so every hop is role chaining, which STS caps at one hour");
                hop.DurationSeconds = LongestSeconds;
                break;
        }
    }

    private static void CheckPolicy(HopOptions hop, RoleArn? role, Func<string, string> key, Findings findings)
    {
        if (hop.Policy is { } policy)
        {
            findings.Require(policy.Length is >= 1 and <= 2048, key("Policy"), $"has {policy.Length} characters, expected at most 2048; leave out the spaces");
            findings.Require(IsJsonObject(policy), key("Policy"), "is no JSON object; write the policy document as one string");
        }

        findings.Require(hop.PolicyArns.Count <= 10, key("PolicyArns"), $"has {hop.PolicyArns.Count} entries, expected at most 10");

        for (var i = 0; i < hop.PolicyArns.Count; i++)
        {
            findings.Require(PolicyArns().IsMatch(hop.PolicyArns[i]), key($"PolicyArns:{i}"),
                $"is '{hop.PolicyArns[i]}', expected arn:{role?.Partition ?? "aws"}:iam::{role?.AccountId ?? "123456789012"}:policy/name");
        }
    }

    private static bool IsJsonObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^[\w+=,.@:/-]{2,1224}\z", RegexOptions.ECMAScript)]
    private static partial Regex ExternalIds();

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}\z", RegexOptions.ECMAScript)]
    private static partial Regex Names();

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z")]
    private static partial Regex Regions();

    [GeneratedRegex(@"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\x21-\x7E]{1,1024}\z")]
    private static partial Regex PolicyArns();
}
