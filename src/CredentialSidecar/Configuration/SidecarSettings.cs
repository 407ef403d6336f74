using System.Net;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Configuration;

/// <summary>The configuration after every check: what the rest of the program works with.</summary>
/// <param name="Clients">Who may read; empty where <see cref="AccessOptions.AllowAnonymous"/> was chosen.</param>
/// <param name="Peers">From where may be asked, beside this host.</param>
/// <param name="Region">Null where task metadata is to give it.</param>
/// <param name="StsEndpoint">Instead of the region's own STS.</param>
/// <param name="Metadata">The task's metadata, version 4.</param>
internal sealed record SidecarSettings(
    SidecarOptions Options,
    SourceSettings Source,
    IReadOnlyList<ClientSettings> Clients,
    IReadOnlyList<IPNetwork> Peers,
    string? Region,
    Uri? StsEndpoint,
    Uri? Metadata)
{
    /// <summary>Turns a path into the key as the operator wrote it, for what shows only later.</summary>
    public Func<string, string> NameOf { get; init; } = path => path;

    /// <summary>Whose connections to the ECS agent are answered here, by ascending uid.</summary>
    public IReadOnlyList<InterceptedUser> Intercepted { get; init; } = [];

    /// <summary>The OpenTelemetry variables, see <see cref="ExportRules"/>; null where nothing is exported.</summary>
    public IReadOnlyDictionary<string, string>? Export { get; init; }

    /// <summary>The token of the client that may read everything, if there is one.</summary>
    public string? Token => Clients.FirstOrDefault(client => client.Name == ClientSettings.Default)?.Token;

    /// <summary>Whether a hop has no region but the one that task metadata is to give.</summary>
    public bool NeedsTaskRegion => Region is null && Metadata is not null && Options.Destinations.Values.Any(destination => destination.Hops.Any(hop => hop.Region is null));

    // The default would print what it holds.
    public override string ToString() => $"{Options.Destinations.Count} destinations, source {Source}";

    /// <summary>The role chains, with what task metadata adds to them.</summary>
    /// <exception cref="ConfigurationMistakesException">No region is known, or a role is in another partition than its region.</exception>
    public IReadOnlyList<RoleChain> Chains(TaskIdentity task)
    {
        var findings = new Findings { NameOf = NameOf };
        RegionRules.Check(Options, Region ?? task.Region, findings);

        return findings.Mistakes.Count > 0
            ? throw new ConfigurationMistakesException(findings.Mistakes)
            : [.. Options.Destinations
                .OrderBy(destination => destination.Key, StringComparer.Ordinal)
                .Select(d => new RoleChain(d.Key, [.. d.Value.Hops.Select(hop => HopOf(hop, d.Key, task))], d.Value.Lazy))];
    }

    private Hop HopOf(HopOptions hop, string destination, TaskIdentity task) => new()
    {
        Role = RoleArn.Parse(hop.RoleArn),
        Region = hop.Region ?? Region ?? task.Region!,
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
