namespace CredentialSidecar.Chains;

/// <summary>Where a hop stands, for people and metrics. A node that several destinations share bears the first one's name.</summary>
/// <param name="Hop">Counted from 1.</param>
/// <param name="Hops">How many hops that destination has.</param>
internal sealed record NodeLabel(string Destination, int Hop, int Hops)
{
    public override string ToString() => $"hop {Hop} of {Hops} of destination '{Destination}'";
}
