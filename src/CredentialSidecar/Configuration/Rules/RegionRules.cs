using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks the regions of STS, and that roles are in the same partition.</summary>
internal static partial class RegionRules
{
    private static readonly string[] Variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];

    /// <returns>The region for hops that name none; null where task metadata is to give it.</returns>
    public static string? Find(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var (key, region) = Variables
            .Select(name => (Key: name, Region: environment[name]))
            .Prepend(("Region", options.Region))
            .FirstOrDefault(candidate => candidate.Region is not null);

        CheckName(key, region, findings);
        return region;
    }

    public static void CheckName(string path, string? region, Findings findings) =>
        findings.Require(region is null || Regions().IsMatch(region), path,
            $"is {Shown.Quoted(region)}; expected a region such as eu-central-1");

    /// <param name="region">For hops that name none.</param>
    /// <param name="sts">How STS is reached, which may be that of one region.</param>
    public static void Check(SidecarOptions options, string? region, StsSettings sts, Findings findings)
    {
        if (region is null && options.Destinations.Count == 0)
        {
            Unknown(findings);
        }

        foreach (var (name, destination) in options.Destinations.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            foreach (var (i, hop) in destination.Hops.Index())
            {
                Check($"Destinations:{name}:Hops:{i}", hop, region, findings);

                if ((hop.Region ?? region) is { } used && Regions().IsMatch(used))
                {
                    StsRules.CheckRegion(sts, $"hop {i + 1} of {name}", used, findings);
                }
            }
        }
    }

    private static void Check(string path, HopOptions hop, string? region, Findings findings)
    {
        if ((hop.Region ?? region) is not { } used)
        {
            Unknown(findings);
        }
        else if (RoleArn.TryParse(hop.RoleArn, out var role, out _) && Regions().IsMatch(used) && Partitions.Of(used) != role.Partition)
        {
            findings.Wrong($"{path}:RoleArn",
                $"is {role}, of the partition {role.Partition}, but the region is {used}, of {Partitions.Of(used)}; "
                + $"credentials do not cross partitions, so set the hop's Region to one of {role.Partition}");
        }
    }

    private static void Unknown(Findings findings) =>
        findings.Missing("AWS_REGION", "is not set, and no task metadata names a region; set it to the region of the STS endpoint");

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z")]
    private static partial Regex Regions();
}
