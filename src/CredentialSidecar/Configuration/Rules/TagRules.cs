using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks session tags by the limits of STS.</summary>
internal static partial class TagRules
{
    private const int Most = 50;

    public static void Check(HopOptions hop, Func<string, string> path, Findings findings)
    {
        if (hop.Tags is [{ Key: { } one }, { Key: { } two }] && IsPair(one, two))
        {
            var (name, value) = IsKey(one) ? (hop.Tags[0].Value, hop.Tags[1].Value) : (hop.Tags[1].Value, hop.Tags[0].Value);
            findings.Wrong(path("Tags"), "has two tags named \"Key\" and \"Value\"; "
                + $"expected {{ {Shown.Quoted(name)}: {Shown.Quoted(value)} }} or "
                + $"[ {{ \"Key\": {Shown.Quoted(name)}, \"Value\": {Shown.Quoted(value)} }} ]");
            return;
        }

        findings.Require(hop.Tags.Count <= Most, path("Tags"), $"has {hop.Tags.Count} entries; expected at most {Most}");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var (i, tag) in hop.Tags.Index())
        {
            CheckKey(tag.Key, path($"Tags:{i}:Key"), seen, findings);
            findings.Require(tag.Value is not null, path($"Tags:{i}:Value"), "is missing; give a value, which may be \"\" in JSON");

            if (tag.Value is not null && TemplateRules.CheckNames(tag.Value, path($"Tags:{i}:Value"), findings))
            {
                findings.Require(TagValueTemplate.IsValid(tag.Value), path($"Tags:{i}:Value"),
                    $"is {Shown.Quoted(tag.Value)}; expected at most 256 letters, digits, spaces or _ . : / = + - @, and placeholders");
                TemplateRules.CheckRoom(tag.Value, path($"Tags:{i}:Value"), TagValueTemplate.Longest, findings);
            }
        }

        var isUnread = findings.IsUnread(path("Tags")) || findings.IsUnreadBelow(path("Tags"));
        var passedOn = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        foreach (var (i, name) in hop.TransitiveTagKeys.Index())
        {
            findings.Require(seen.Contains(name) || isUnread, path($"TransitiveTagKeys:{i}"),
                $"is {Shown.Quoted(name)}, which is not a key of this hop's Tags");
            findings.Require(passedOn.Add(name), path($"TransitiveTagKeys:{i}"),
                $"is {Shown.Quoted(name)} a second time; give each key once, ignoring case");
        }
    }

    /// <summary>Checks settings of one hop that apply to all later hops.</summary>
    public static void CheckAlong(IReadOnlyList<HopOptions> hops, Func<int, string, string> path, Findings findings)
    {
        var inherited = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? identity = null;

        for (var i = 0; i < hops.Count; i++)
        {
            findings.Require(hops[i].SourceIdentity is null || identity is null || identity == hops[i].SourceIdentity,
                path(i, "SourceIdentity"),
                $"is {Shown.Quoted(hops[i].SourceIdentity)} after {Shown.Quoted(identity)}; "
                + "a source identity cannot change along a role chain");
            identity ??= hops[i].SourceIdentity;

            foreach (var tag in hops[i].Tags.Where(tag => tag.Key is not null && inherited.Contains(tag.Key)))
            {
                findings.Wrong(path(i, "Tags"),
                    $"sets {Shown.Quoted(tag.Key)} again, which an earlier hop made transitive; STS does not allow overriding it");
            }

            inherited.UnionWith(hops[i].TransitiveTagKeys);
        }
    }

    // The author of {"Key": "team", "Value": "x"} means one tag.
    private static bool IsPair(string one, string two) => (IsKey(one) && IsValue(two)) || (IsValue(one) && IsKey(two));

    private static bool IsKey(string text) => text.Equals("Key", StringComparison.OrdinalIgnoreCase);

    private static bool IsValue(string text) => text.Equals("Value", StringComparison.OrdinalIgnoreCase);

    private static void CheckKey(string? key, string path, HashSet<string> seen, Findings findings)
    {
        if (string.IsNullOrEmpty(key))
        {
            findings.Wrong(path, "is missing; give 1 to 128 letters, digits, spaces or _ . : / = + - @");
            return;
        }

        findings.Require(key.Length <= 128 && Texts().IsMatch(key), path,
            $"is {Shown.Quoted(key)}; expected 1 to 128 letters, digits, spaces or _ . : / = + - @");
        findings.Require(!key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase), path, "begins with aws:, which AWS reserves");
        findings.Require(seen.Add(key), path, $"is {Shown.Quoted(key)} a second time; STS accepts each key once, ignoring case");
    }

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex Texts();
}
