using System.Collections.Immutable;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>A destination after every check.</summary>
/// <param name="Name"><c>[a-z0-9_-]{1,64}</c>.</param>
/// <param name="Hops">In the order of the calls. Empty serves the source's own credentials.</param>
/// <param name="Lazy">Not assumed before a sibling requests it.</param>
internal sealed record DestinationSettings(string Name, ImmutableArray<HopSettings> Hops, bool Lazy);

/// <summary>One hop after every check. Its templates are filled when the task is known.</summary>
/// <param name="Duration">25 minutes or longer.</param>
internal sealed record HopSettings(RoleArn Role, TimeSpan Duration)
{
    /// <summary>Null means the sidecar's region.</summary>
    public string? Region { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>A template; null means the default one.</summary>
    public string? SessionName { get; init; }

    /// <summary>A template.</summary>
    public string? SourceIdentity { get; init; }

    /// <summary>The values are templates.</summary>
    public ImmutableArray<SessionTag> Tags { get; init; } = [];

    public ImmutableArray<string> TransitiveTagKeys { get; init; } = [];

    public string? Policy { get; init; }

    public ImmutableArray<string> PolicyArns { get; init; } = [];

    /// <param name="region">The region for a hop without its own.</param>
    public Hop Fill(string? region, TemplateValues values) => new()
    {
        Role = Role,
        Region = Region ?? region!,
        SessionName = SessionNameTemplate.Fill(SessionName ?? SessionNameTemplate.Default, values),
        Duration = Duration,
        ExternalId = ExternalId,
        SourceIdentity = SourceIdentity is null ? null : SessionNameTemplate.FillIdentity(SourceIdentity, values),
        Tags = [.. Tags.Select(tag => tag with { Value = TagValueTemplate.Fill(tag.Value, values) })],
        TransitiveTagKeys = TransitiveTagKeys,
        Policy = Policy,
        PolicyArns = PolicyArns,
    };
}
