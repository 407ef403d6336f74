namespace CredentialSidecar.Chains;

/// <summary>Where a hop stands, for people and metrics. A node that several destinations share bears the first one's name.</summary>
/// <param name="Hop">Counted from 1.</param>
internal sealed record NodeLabel(string Destination, int Hop)
{
    // Without the destination: whoever shares the node would read another one's name.
    public override string ToString() => $"hop {Hop}";
}
