using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>One name a sibling may ask for.</summary>
internal sealed class DestinationOptions
{
    [Description("The roles to assume, in order; the last one's session is served.")]
    public List<HopOptions> Hops { get; set; } = [];

    [Description("Not assumed before the first sibling asks, and let go when none does any more.")]
    public bool Lazy { get; set; }
}
