using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Which destinations there may be.</summary>
internal static class DestinationRules
{
    public static void Check(SidecarOptions options, Findings findings)
    {
        if (options.Destinations.Count == 0 && !findings.IsUnread("Destinations") && !findings.IsUnreadBelow("Destinations"))
        {
            findings.Missing(ShortNames.RoleArn, "is not set, and neither is any destination; give the role to assume, arn:aws:iam::123456789012:role/name");
        }

        foreach (var (name, destination) in options.Destinations.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var path = $"Destinations:{name}";
            findings.Require(DestinationName.IsValid(name), path, "is not a valid name for a destination; expected 1 to 64 of a-z 0-9 _ -");
            findings.Require(destination.Hops.Count > 0 || findings.IsUnreadBelow($"{path}:Hops"), $"{path}:Hops",
                "is missing or empty; give at least one hop with a RoleArn");

            foreach (var (i, hop) in destination.Hops.Index())
            {
                HopRules.Check(hop, key => $"{path}:Hops:{i}:{key}", i == 0 && options.Source.Kind == SourceKind.Default, findings);
            }

            TagRules.CheckAlong(destination.Hops, (i, key) => $"{path}:Hops:{i}:{key}", findings);
            CheckPartitions(destination, path, findings);
        }
    }

    /// <summary>Whether it can name a destination or a client.</summary>
    public static bool IsName(string text) => DestinationName.IsValid(text);

    private static void CheckPartitions(DestinationOptions destination, string path, Findings findings)
    {
        var roles = destination.Hops.Select(hop => RoleArn.TryParse(hop.RoleArn, out var role, out _) ? role : null).ToArray();
        var first = roles.FirstOrDefault(role => role is not null);

        foreach (var (i, role) in roles.Index())
        {
            findings.Require(role is null || role.Partition == first!.Partition, $"{path}:Hops:{i}:RoleArn",
                $"is {role}, but an earlier hop is in the partition {first?.Partition}; no role chain leads from one partition into another");
        }
    }
}
