using System.Collections.Immutable;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Which destinations there may be.</summary>
internal static class DestinationRules
{
    /// <returns>By ascending name; complete only where no mistake was found.</returns>
    public static ImmutableArray<DestinationSettings> Find(SidecarOptions options, Findings findings)
    {
        var found = ImmutableArray.CreateBuilder<DestinationSettings>();

        if (options.Destinations.Count == 0 && !findings.IsUnread("Destinations") && !findings.IsUnreadBelow("Destinations"))
        {
            findings.Missing(ShortNames.RoleArn,
                "is not set, and no destination is configured; set it to the role to assume, arn:aws:iam::123456789012:role/name");
        }

        foreach (var (name, destination) in options.Destinations.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var path = $"Destinations:{name}";
            findings.Require(DestinationName.IsValid(name), path, "is not a valid name for a destination; expected 1 to 64 of a-z 0-9 _ -");
            findings.Require(destination.IsWritten || findings.IsUnreadBelow($"{path}:Hops"), $"{path}:Hops",
                "is missing; give at least one hop with a RoleArn, or [] to serve the source's own credentials");

            var hops = destination.Hops.Select((hop, i) => HopRules.Find(
                hop, key => $"{path}:Hops:{i}:{key}", i == 0 && SourceSettings.IsLongTerm(options.Source.Kind), findings)).ToArray();
            found.Add(new DestinationSettings(name, [.. hops.OfType<HopSettings>()], destination.Lazy));
            TagRules.CheckAlong(destination.Hops, (i, key) => $"{path}:Hops:{i}:{key}", findings);
            CheckPartitions(hops, path, findings);
        }

        return found.ToImmutable();
    }

    /// <summary>That someone may read a destination without hops: a client that may read everything may not.</summary>
    public static void CheckReaders(SidecarOptions options, AccessSettings access, IReadOnlyList<InterceptedUser> intercepted,
        Findings findings)
    {
        foreach (var (name, _) in options.Destinations.Where(d => d.Value.IsSource).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            if (!access.Clients.Any(client => client.Destinations?.Contains(name) == true)
                && !intercepted.Any(user => user.Destination == name))
            {
                findings.Warn($"Destinations:{name}:Hops",
                    "is empty, so the destination serves the source's own credentials, and no client may read it; "
                    + "list it in Access:Clients:NAME:Destinations; the client of SIDECAR_TOKEN and anonymous access may not read it");
            }
        }
    }

    private static void CheckPartitions(HopSettings?[] hops, string path, Findings findings)
    {
        var first = hops.FirstOrDefault(hop => hop is not null)?.Role;

        foreach (var (i, hop) in hops.Index())
        {
            findings.Require(hop is null || hop.Role.Partition == first!.Partition, $"{path}:Hops:{i}:RoleArn",
                $"is {hop?.Role}, but an earlier hop is in the partition {first?.Partition}; role chains cannot cross partitions");
        }
    }
}
