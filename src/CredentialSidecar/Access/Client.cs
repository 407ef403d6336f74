using System.Collections.Frozen;

namespace CredentialSidecar.Access;

/// <summary>
/// A client with its own token, and the destinations it may read in one snapshot. Its tokens live in <see cref="ClientBook"/>.
/// </summary>
/// <param name="destinations">The destinations it may read; null means all.</param>
/// <param name="uids">The uids whose connections may be its own; null means any.</param>
internal sealed class Client(string name, FrozenSet<string>? destinations, FrozenSet<uint>? uids = null)
{
    /// <summary>Every peer that can connect, if Access:AllowAnonymous is set.</summary>
    public static readonly Client Anyone = new("anyone", null);

    public string Name => name;

    public IReadOnlySet<uint>? Uids => uids;

    /// <summary>The destination it may read, if there is exactly one.</summary>
    public string? Only { get; } = destinations is { Count: 1 } ? destinations.Items[0] : null;

    /// <summary>The destinations it may read, in order; null means all.</summary>
    public IReadOnlyList<string>? Destinations { get; } = destinations?.Order(StringComparer.Ordinal).ToArray();

    /// <param name="mustBeListed">Only a client that lists the destination may read it; one that may read everything may not.</param>
    public bool MayRead(string destination, bool mustBeListed) => destinations?.Contains(destination) ?? !mustBeListed;
}
