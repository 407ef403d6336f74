using System.Text;
using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks one hop by the limits of STS before any call. Limits as of the AssumeRole API reference.</summary>
internal static partial class HopRules
{
    /// <summary>25 minutes: 20 to be left whenever it is served, and some use before that (contract R1, R2).</summary>
    public const int ShortestSeconds = 1500;

    private const string ExternalIds = "2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -";
    private const int AdvisedSeconds = 1800;
    private const int LongestSeconds = 43200;
    private const int LongestChained = 3600;

    /// <param name="path">The path of one of the hop's settings.</param>
    /// <param name="mayBeLong">Whether long-lived keys may sign the call; every other caller is a role session.</param>
    /// <returns>Null if its role is not valid.</returns>
    public static HopSettings? Find(HopOptions hop, Func<string, string> path, bool mayBeLong, Findings findings)
    {
        if (!RoleArn.TryParse(hop.RoleArn, out var role, out var problem))
        {
            findings.Wrong(path("RoleArn"), problem);
        }

        CheckExternalId(hop.ExternalId, path("ExternalId"), findings);
        CheckName(hop.SourceIdentity, path("SourceIdentity"), findings);

        if (hop.SourceIdentity is not null && SessionNameTemplate.IsValid(hop.SourceIdentity))
        {
            TemplateRules.CheckRoom(hop.SourceIdentity, path("SourceIdentity"), SessionNameTemplate.Longest, findings);
        }

        CheckName(hop.SessionName, path("SessionName"), findings);
        RegionRules.CheckName(path("Region"), hop.Region, findings);
        var seconds = DurationOf(hop, path, mayBeLong ? LongestSeconds : LongestChained, findings);
        PolicyRules.Check(hop, role, path, findings);
        TagRules.Check(hop, path, findings);
        return role is null ? null : SettingsOf(hop, role, TimeSpan.FromSeconds(seconds));
    }

    private static HopSettings SettingsOf(HopOptions hop, RoleArn role, TimeSpan duration) => new(role, duration)
    {
        Region = hop.Region,
        ExternalId = hop.ExternalId,
        SessionName = hop.SessionName,
        SourceIdentity = hop.SourceIdentity,
        Tags = [.. hop.Tags.Select(tag => new SessionTag(tag.Key ?? "", tag.Value ?? ""))],
        TransitiveTagKeys = [.. hop.TransitiveTagKeys],
        Policy = hop.Policy,
        PolicyArns = [.. hop.PolicyArns],
    };

    private static void CheckExternalId(string? id, string path, Findings findings)
    {
        if (id is not null && ForeignToExternalIds().Match(id) is { Success: true } foreign)
        {
            Rune.DecodeFromUtf16(id.AsSpan(foreign.Index), out var rune, out _);
            var shown = rune.Value is > ' ' and <= '~' ? $"\"{rune}\"" : rune.Value == ' ' ? "a space" : $"the character U+{rune.Value:X4}";
            findings.Wrong(path, $"(value hidden) holds {shown}; expected {ExternalIds}");
        }
        else
        {
            findings.Require(id is null || id.Length is >= 2 and <= 1224, path,
                $"(value hidden) has {id?.Length} {(id?.Length == 1 ? "character" : "characters")}; expected {ExternalIds}");
        }
    }

    private static void CheckName(string? template, string path, Findings findings)
    {
        if (template is null || !TemplateRules.CheckNames(template, path, findings))
        {
            return;
        }

        // Text from the operator is used unchanged or rejected; only placeholder values are adapted.
        findings.Require(SessionNameTemplate.IsValid(template), path,
            $"is {Shown.Quoted(template)}; expected 2 to 64 of A-Z a-z 0-9 _ + = , . "
            + $"@ - and the placeholders {string.Join(' ', Template.Placeholders)}");
    }

    /// <returns>The seconds to request.</returns>
    private static int DurationOf(HopOptions hop, Func<string, string> path, int most, Findings findings)
    {
        switch (hop.DurationSeconds)
        {
            case < ShortestSeconds:
                findings.Wrong(path("DurationSeconds"),
                    $"is {hop.DurationSeconds}; expected {ShortestSeconds} to {most}: "
                    + "SDKs request new credentials at each API call once 16 minutes or less are left");
                break;
            case < AdvisedSeconds:
                findings.Warn(path("DurationSeconds"),
                    $"is {hop.DurationSeconds}: such a session is renewed every few minutes; "
                    + $"{LongestChained} needs fewer calls and survives a longer STS outage");
                break;
            case var given when given > most:
                findings.Warn(path("DurationSeconds"), $"is {given} and was reduced to {most}: "
                    + (most == LongestSeconds
                        ? "no role allows more"
                        : "its caller is a role session, so the hop is role chaining, which STS limits to one hour"));
                return most;
        }

        return hop.DurationSeconds;
    }

    [GeneratedRegex(@"[^\w+=,.@:/-]", RegexOptions.ECMAScript)]
    private static partial Regex ForeignToExternalIds();
}
