namespace CredentialSidecar.Chains;

/// <summary>The position of a hop, for messages and metrics. A shared node has the name of its first destination.</summary>
/// <param name="Hop">Counted from 1; 0 is the source.</param>
internal sealed record NodeLabel(string Destination, int Hop)
{
    // Without the destination, because siblings of other destinations may share the node.
    public override string ToString() => Hop == 0 ? "the source" : $"hop {Hop}";
}
