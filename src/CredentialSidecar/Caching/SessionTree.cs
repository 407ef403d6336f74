using System.Collections.Frozen;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>The tree that requests read now. A reload replaces it.</summary>
internal delegate SessionTree CurrentTree();

/// <summary>
/// All hops of one configuration. The root is the source, a child is signed by its parent, and destinations point at nodes.
/// </summary>
/// <remarks>Immutable: a name that is not configured never reaches STS. <see cref="TreeBuilder"/> builds the next tree.</remarks>
internal sealed class SessionTree(FrozenDictionary<string, Destination> destinations, FrozenDictionary<NodeIdentity, SessionNode> nodes)
{
    public IReadOnlyList<Destination> Destinations => destinations.Values;

    /// <summary>The destination called <c>default</c>, or the only one with hops.</summary>
    public Destination? Default { get; } = destinations.GetValueOrDefault("default") ?? OnlyWithHops(destinations.Values);

    /// <summary>The distinct hops, and the source where a destination serves it.</summary>
    public IReadOnlyList<SessionNode> Nodes => nodes.Values;

    public Destination? Find(string name) => destinations.GetValueOrDefault(name);

    public SessionNode? NodeOf(NodeIdentity identity) => nodes.GetValueOrDefault(identity);

    private static Destination? OnlyWithHops(IEnumerable<Destination> all) =>
        all.Where(destination => !destination.Node.IsSource).Take(2).ToArray() is [var only] ? only : null;
}
