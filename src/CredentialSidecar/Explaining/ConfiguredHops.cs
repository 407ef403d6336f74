using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Finds the hops of the configuration that a failed call belongs to.</summary>
/// <param name="settings">Null if no configuration was given.</param>
internal sealed class ConfiguredHops(SidecarSettings? settings)
{
    private const string UnknownRegion = "REGION";

    public bool IsKnown => settings is not null;

    /// <summary>The external ids and tokens of the configuration, for masking.</summary>
    public SecretMask Mask { get; } = new(settings?.Secrets ?? [], settings?.ExternalIds ?? [], TimeProvider.System);

    /// <summary>The destination whose last role a caller has; null if none.</summary>
    public string? DestinationOf(string caller) =>
        settings?.Destinations.FirstOrDefault(one => one.Hops is [.., var last] && Denial.IsSame(last.Role.Text, caller))?.Name;

    /// <returns>Empty if the configuration has no such hop.</returns>
    public IReadOnlyList<ConfiguredHop> Find(string role, string? caller, string? region)
    {
        ConfiguredHop[] all =
        [
            .. from destination in settings?.Destinations ?? []
               from hop in destination.Hops.Index()
               where Denial.IsSame(hop.Item.Role.Text, role)
               select new ConfiguredHop(
                   new NodeLabel(destination.Name, hop.Index + 1),
                   Of(hop.Item, region),
                   hop.Index == 0 ? null : destination.Hops[hop.Index - 1].Role.Text),
        ];
        ConfiguredHop[] fit = [.. all.Where(one => one.Caller is null || caller is null || Denial.IsSame(one.Caller, caller))];

        // A caller of a hop before it is a better match than the source, which may be any role.
        return fit.Any(one => one.Caller is not null && caller is not null) ? [.. fit.Where(one => one.Caller is not null)] : fit;
    }

    /// <summary>A hop of which only the role is known.</summary>
    public Hop Unconfigured(RoleArn role, string? region) => Of(new HopSettings(role, TimeSpan.FromHours(1)), region);

    // Templates stay as they are, because only their presence matters.
    private Hop Of(HopSettings hop, string? region) => new()
    {
        Role = hop.Role,
        Region = hop.Region ?? settings?.Region ?? region ?? UnknownRegion,
        SessionName = "explain",
        Duration = hop.Duration,
        ExternalId = hop.ExternalId,
        SourceIdentity = hop.SourceIdentity,
        Tags = hop.Tags,
        TransitiveTagKeys = hop.TransitiveTagKeys,
        Policy = hop.Policy,
        PolicyArns = hop.PolicyArns,
    };
}

/// <param name="Caller">The role of the hop before; null for the source, whose role the configuration does not name.</param>
internal sealed record ConfiguredHop(NodeLabel Label, Hop Hop, string? Caller);
