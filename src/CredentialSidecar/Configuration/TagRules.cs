using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration;

/// <summary>What STS takes for session tags.</summary>
internal static partial class TagRules
{
    public static void Check(HopOptions hop, Func<string, string> key, Findings findings)
    {
        findings.Require(hop.Tags.Count <= 50, key("Tags"), $"has {hop.Tags.Count} entries, expected at most 50");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

        for (var i = 0; i < hop.Tags.Count; i++)
        {
            var tag = hop.Tags[i] ?? new TagOptions();
            findings.Require(tag.Key is { Length: >= 1 and <= 128 } && Texts().IsMatch(tag.Key), key($"Tags:{i}:Key"),
                $"is '{tag.Key}', expected 1 to 128 letters, digits, spaces or _ . : / = + - @");
            findings.Require(tag.Key?.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) != true, key($"Tags:{i}:Key"), "begins with aws:, which AWS keeps for itself");
            findings.Require(tag.Value is { Length: <= 256 } && Texts().IsMatch(tag.Value), key($"Tags:{i}:Value"),
                $"is '{tag.Value}', expected at most 256 letters, digits, spaces or _ . : / = + - @");
            findings.Require(seen.Add(tag.Key ?? ""), key($"Tags:{i}:Key"), $"is '{tag.Key}' a second time; STS takes each key once, whatever its case");
        }

        for (var i = 0; i < hop.TransitiveTagKeys.Count; i++)
        {
            findings.Require(seen.Contains(hop.TransitiveTagKeys[i]), key($"TransitiveTagKeys:{i}"),
                $"is '{hop.TransitiveTagKeys[i]}', which is no key of this hop's Tags");
        }
    }

    /// <summary>What one hop fixes for all that follow.</summary>
    public static void CheckAlong(IReadOnlyList<HopOptions> hops, Func<int, string, string> key, Findings findings)
    {
        var inherited = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        string? identity = null;

        for (var i = 0; i < hops.Count; i++)
        {
            findings.Require(hops[i].SourceIdentity is null || identity is null || identity == hops[i].SourceIdentity, key(i, "SourceIdentity"),
                $"is '{hops[i].SourceIdentity}' after '{identity}'; a source identity cannot change along a role chain");
            identity ??= hops[i].SourceIdentity;

            foreach (var tag in hops[i].Tags.Where(tag => tag.Key is not null && inherited.Contains(tag.Key)))
            {
                findings.Wrong(key(i, "Tags"), $"sets '{tag.Key}' again, which an earlier hop made transitive; STS does not let it be overridden");
            }

            inherited.UnionWith(hops[i].TransitiveTagKeys);
        }
    }

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex Texts();
}
