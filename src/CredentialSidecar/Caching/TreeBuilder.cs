using System.Collections.Frozen;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>Builds the tree of a configuration.</summary>
internal sealed class TreeBuilder(
    ISigner source, IRoleAssumer assumer, SessionDocument document, RefreshSchedule schedule, TimeProvider clock)
{
    /// <param name="previous">
    /// The tree that is served now. A node of the same identity is adopted with its session and its attempt under way, so a reload
    /// causes no STS call for it; a destination of the same name and node is adopted with its loop.
    /// </param>
    public SessionTree Build(IReadOnlyList<RoleChain> chains, SessionTree? previous = null)
    {
        var nodes = new Dictionary<NodeIdentity, SessionNode>();
        var destinations = chains.ToFrozenDictionary(chain => chain.Destination, DestinationOf, StringComparer.Ordinal);
        return new SessionTree(destinations, nodes.ToFrozenDictionary());

        Destination DestinationOf(RoleChain chain)
        {
            var node = NodeOf(chain);
            return previous?.Find(chain.Destination) is { } same && same.Node == node && same.Lazy == chain.Lazy
                ? same
                : new Destination(chain.Destination, node, chain.Lazy, schedule, clock);
        }

        SessionNode NodeOf(RoleChain chain)
        {
            SessionNode? parent = null;

            foreach (var (hop, label, identity) in chain.Nodes())
            {
                parent = nodes.TryGetValue(identity, out var known)
                    ? known
                    : nodes[identity] = previous?.NodeOf(identity)
                        ?? new SessionNode(hop, label, parent, source, assumer, document, schedule, clock);
            }

            return parent!;
        }
    }
}
