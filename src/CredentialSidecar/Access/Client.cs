using System.Collections.Frozen;

namespace CredentialSidecar.Access;

/// <summary>A holder of a token, and what it may read in one snapshot. Its tokens live in <see cref="ClientBook"/>.</summary>
/// <param name="destinations">What it may read; null means everything.</param>
internal sealed class Client(string name, FrozenSet<string>? destinations)
{
    /// <summary>Every peer that can connect, where the operator chose Access:AllowAnonymous.</summary>
    public static readonly Client Anyone = new("anyone", null);

    public string Name => name;

    /// <summary>The one destination it may read, where there is just one.</summary>
    public string? Only { get; } = destinations is { Count: 1 } ? destinations.Items[0] : null;

    /// <summary>The destinations it may read, in order; null means everything.</summary>
    public IReadOnlyList<string>? Destinations { get; } = destinations?.Order(StringComparer.Ordinal).ToArray();

    public bool MayRead(string destination) => destinations is null || destinations.Contains(destination);
}
