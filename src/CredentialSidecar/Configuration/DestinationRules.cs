using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration;

/// <summary>Which destinations there may be.</summary>
internal static partial class DestinationRules
{
    public static void Check(SidecarOptions options, ConfigurationLayers layers, Findings findings)
    {
        findings.Require(options.Destinations.Count > 0 || findings.Mistakes.Count > 0, ShortNames.RoleArn,
            "is not set, and neither is any destination; give the role to assume, arn:aws:iam::123456789012:role/name");

        foreach (var (name, destination) in options.Destinations.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var path = $"Destinations:{name}";
            findings.Require(Names().IsMatch(name), layers.NameOf(path), "is no name for a destination, expected 1 to 64 of a-z 0-9 _ -");
            findings.Require(destination.Hops.Count > 0, layers.NameOf(path), "has no Hops; give at least one with a RoleArn");

            for (var i = 0; i < destination.Hops.Count; i++)
            {
                HopRules.Check(destination.Hops[i], key => layers.NameOf($"{path}:Hops:{i}:{key}"), findings);
            }

            TagRules.CheckAlong(destination.Hops, (i, key) => layers.NameOf($"{path}:Hops:{i}:{key}"), findings);
        }
    }

    [GeneratedRegex(@"^[a-z0-9_-]{1,64}\z")]
    private static partial Regex Names();
}
