using System.Collections.Frozen;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>All hops there can be. The root is the source, a child is signed by its parent, and destinations point at nodes.</summary>
/// <remarks>
/// Frozen at start: a name that is not configured never reaches STS. Two chains share a node only where every input
/// of it and of all above it is the same, so two tenants with different external ids never meet.
/// </remarks>
internal sealed class SessionTree
{
    private readonly FrozenDictionary<string, Destination> _destinations;

    public SessionTree(IReadOnlyList<RoleChain> chains, ISigner source, IRoleAssumer assumer, SessionDocument document, RefreshSchedule schedule, TimeProvider clock)
    {
        var nodes = new Dictionary<string, SessionNode>(StringComparer.Ordinal);

        _destinations = chains.ToFrozenDictionary(
            chain => chain.Destination,
            chain => new Destination(chain.Destination, NodeOf(chain), chain.Lazy, schedule, clock),
            StringComparer.Ordinal);
        Default = _destinations.GetValueOrDefault("default") ?? (chains.Count == 1 ? _destinations.Values[0] : null);
        Nodes = nodes.Count;

        SessionNode NodeOf(RoleChain chain)
        {
            SessionNode? parent = null;

            foreach (var (hop, label, identity) in chain.Nodes())
            {
                parent = nodes.TryGetValue(identity, out var known)
                    ? known
                    : nodes[identity] = new SessionNode(hop, label, parent, source, assumer, document, schedule, clock);
            }

            return parent!;
        }
    }

    public IReadOnlyList<Destination> Destinations => _destinations.Values;

    /// <summary>The destination called <c>default</c>, or the only one.</summary>
    public Destination? Default { get; }

    /// <summary>How many distinct hops there are.</summary>
    public int Nodes { get; }

    public Destination? Find(string name) => _destinations.GetValueOrDefault(name);
}
