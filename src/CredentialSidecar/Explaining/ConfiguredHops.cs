using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Finds the hops of the configuration that a failed call belongs to.</summary>
/// <param name="settings">Null if no configuration was given.</param>
internal sealed class ConfiguredHops(SidecarSettings? settings)
{
    private const string UnknownRegion = "the region of the call";

    public bool IsKnown => settings is not null;

    /// <summary>The external ids and tokens of the configuration, for masking.</summary>
    public SecretMask Mask { get; } = new(settings?.Secrets ?? [], settings?.ExternalIds ?? [], TimeProvider.System);

    /// <summary>An ARN of the text without the secrets of the configuration.</summary>
    /// <remarks>The mask for free text would take the ARN of a secret in Secrets Manager for a secret.</remarks>
    [return: NotNullIfNotNull(nameof(arn))]
    public string? Hide(string? arn) => arn is null ? null : (settings?.Secrets ?? []).Concat(settings?.ExternalIds ?? [])
        .Where(secret => secret.Length > 1)
        .Aggregate(arn, (text, secret) => Regex.Replace(text, $"(?<![A-Za-z0-9]){Regex.Escape(secret)}(?![A-Za-z0-9])", "***"));

    /// <summary>A destination that serves the source's own credentials; null if none.</summary>
    public string? WithoutHops => settings?.Destinations.FirstOrDefault(one => one.Hops.IsEmpty)?.Name;

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

               // STS names the role with its path, so another path is another role.
               where hop.Item.Role.Text == role
               select new ConfiguredHop(
                   new NodeLabel(destination.Name, hop.Index + 1),
                   Of(hop.Item, region),
                   hop.Index == 0 ? null : destination.Hops[hop.Index - 1].Role.Text),
        ];
        ConfiguredHop[] fit = [.. all.Where(one => one.Caller is null || caller is null || Denial.IsSame(one.Caller, caller))];

        // A caller of a hop before it is a better match than the source, which may be any role.
        return fit.Any(one => one.Caller is not null && caller is not null) ? [.. fit.Where(one => one.Caller is not null)] : fit;
    }

    /// <summary>The hops for a person.</summary>
    public string Names(IReadOnlyList<ConfiguredHop> found, Evidence evidence)
    {
        var names = string.Join(", ", found.Select(one => $"{one.Label} of destination {one.Label.Destination}"));
        return found is [{ Caller: null }, ..] && evidence.Caller is not null ? $"{names}, if the sidecar's source is {evidence.Caller}"
            : found.Count > 0 ? names
            : !IsKnown ? "unknown: no configuration was given (--config FILE)"
            : evidence.Role is null ? "unknown: the text does not name the role"
            : "none: the configuration does not assume this role from this caller";
    }

    /// <summary>A hop of which only the role is known.</summary>
    public Hop Unconfigured(RoleArn role, string? region) => Of(new HopSettings(role, TimeSpan.FromHours(1)), region);

    // Templates stay as they are, because only their presence matters.
    private Hop Of(HopSettings hop, string? region) => new()
    {
        Role = hop.Role,
        Region = region ?? hop.Region ?? settings?.Region ?? UnknownRegion,
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
