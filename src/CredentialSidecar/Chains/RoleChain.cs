namespace CredentialSidecar.Chains;

/// <summary>The ordered hops from the source to a destination; the last one's role is what a sibling gets.</summary>
/// <param name="Destination">The name that siblings request, <c>[a-z0-9_-]{1,64}</c>.</param>
/// <param name="Hops">In the order they are assumed. Without hops, a sibling gets the credentials of the source.</param>
/// <param name="Lazy">Not assumed before the first sibling asks.</param>
internal sealed record RoleChain(string Destination, IReadOnlyList<Hop> Hops, bool Lazy = false)
{
    /// <summary>Each node with its identity. Two chains share a node if the identities are equal.</summary>
    /// <remarks>A chain without hops has one node, the source, which has no hop.</remarks>
    public IEnumerable<(Hop? Hop, NodeLabel Label, NodeIdentity Identity)> Nodes()
    {
        var identity = NodeIdentity.Source;

        if (Hops.Count == 0)
        {
            yield return (null, new NodeLabel(Destination, 0), identity);
        }

        foreach (var (index, hop) in Hops.Index())
        {
            identity = identity.Of(hop);
            yield return (hop, new NodeLabel(Destination, index + 1), identity);
        }
    }
}
