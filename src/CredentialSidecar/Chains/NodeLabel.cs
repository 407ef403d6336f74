namespace CredentialSidecar.Chains;

/// <summary>Where a hop stands, for people and metrics. A node that several destinations share bears the first one's name.</summary>
/// <param name="Hop">Counted from 1; 0 is the source.</param>
internal sealed record NodeLabel(string Destination, int Hop)
{
    // Without the destination: whoever shares the node would read another one's name.
    public override string ToString() => Hop == 0 ? "the source" : $"hop {Hop}";
}
