namespace CredentialSidecar.Configuration;

/// <summary>One name a sibling may ask for.</summary>
internal sealed class DestinationOptions
{
    /// <summary>The roles to assume, in order; the last one's session is served.</summary>
    public List<HopOptions> Hops { get; set; } = [];

    /// <summary>Not assumed before the first sibling asks, and let go when none does any more.</summary>
    public bool Lazy { get; set; }
}
