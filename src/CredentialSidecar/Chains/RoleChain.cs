namespace CredentialSidecar.Chains;

/// <summary>The ordered hops from the source to a destination; the last one's role is what a sibling gets.</summary>
/// <param name="Destination">The name a sibling asks for, <c>[a-z0-9_-]{1,64}</c>.</param>
/// <param name="Hops">One or more, in the order they are assumed.</param>
/// <param name="Lazy">Not assumed before the first sibling asks.</param>
internal sealed record RoleChain(string Destination, IReadOnlyList<Hop> Hops, bool Lazy = false)
{
    /// <summary>Each hop with what makes it the same as one of another chain: every input of it and of all before it.</summary>
    /// <remarks>This is the boundary between tenants: two with different external ids never share a session.</remarks>
    public IEnumerable<(Hop Hop, NodeLabel Label, string Identity)> Nodes()
    {
        var identity = "";

        foreach (var (index, hop) in Hops.Index())
        {
            identity += hop.Identity + "|";
            yield return (hop, new NodeLabel(Destination, index + 1), identity);
        }
    }
}
