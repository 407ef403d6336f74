using CredentialSidecar.Chains;

namespace CredentialSidecar.Configuration;

/// <summary>The configuration after every check: what the rest of the program works with.</summary>
/// <param name="Token">What siblings must send; null where <see cref="AccessOptions.AllowAnonymous"/> was chosen.</param>
/// <param name="Region">Null where task metadata is to give it.</param>
/// <param name="StsEndpoint">Instead of the region's own STS.</param>
/// <param name="Metadata">The task's metadata, version 4.</param>
internal sealed record SidecarSettings(
    SidecarOptions Options,
    SourceSettings Source,
    string? Token,
    string? Region,
    Uri? StsEndpoint,
    Uri? Metadata)
{
    // The default would print the token.
    public override string ToString() => $"{Options.Destinations.Count} destinations, source {Source}";

    /// <summary>The role chains, with what task metadata adds to them.</summary>
    /// <exception cref="ConfigurationMistakesException">No region is known, or a role is in another partition than its region.</exception>
    public IReadOnlyList<RoleChain> Chains(TaskIdentity task)
    {
        var findings = new Findings();
        var chains = Options.Destinations
            .OrderBy(destination => destination.Key, StringComparer.Ordinal)
            .Select(destination => new RoleChain(
                destination.Key,
                [.. destination.Value.Hops.Select((hop, i) => HopOf(hop, $"Destinations:{destination.Key}:Hops:{i}", destination.Key, task, findings))],
                destination.Value.Lazy))
            .ToArray();

        return findings.Mistakes.Count == 0 ? chains : throw new ConfigurationMistakesException(findings.Mistakes);
    }

    private Hop HopOf(HopOptions hop, string key, string destination, TaskIdentity task, Findings findings)
    {
        var role = RoleArn.Parse(hop.RoleArn);
        var region = hop.Region ?? Region ?? task.Region;
        findings.Require(region is not null, "AWS_REGION", "is not set, and task metadata names no region; set it to the region whose STS is to be asked");
        findings.Require(region is null || Partitions.Holds(role.Partition, region), key,
            $"has the role {role} but the region {region}; credentials do not cross partitions, so give the hop a Region of {role.Partition}");

        return new Hop
        {
            Role = role,
            Region = region ?? "",
            SessionName = SessionNameTemplate.Fill(hop.SessionName ?? SessionNameTemplate.Default, task, destination),
            Duration = TimeSpan.FromSeconds(hop.DurationSeconds),
            ExternalId = hop.ExternalId,
            SourceIdentity = hop.SourceIdentity,
            Tags = [.. hop.Tags.Select(tag => new SessionTag(tag.Key!, tag.Value!))],
            TransitiveTagKeys = [.. hop.TransitiveTagKeys],
            Policy = hop.Policy,
            PolicyArns = [.. hop.PolicyArns],
        };
    }
}
