using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>A destination that siblings can request by name.</summary>
internal sealed class DestinationOptions
{
    [Description("The roles to assume, in order; the last one's session is served. An empty list serves the source's own credentials.")]
    public List<HopOptions> Hops { get; set => (field, IsWritten) = (value, true); } = [];

    /// <summary>Hops were written, be it as an empty list.</summary>
    internal bool IsWritten { get; private set; }

    /// <summary>It serves the source's own credentials.</summary>
    internal bool IsSource => IsWritten && Hops.Count == 0;

    [Description("Assume the roles only when a sibling requests the destination, and stop renewing when siblings no longer do.")]
    public bool Lazy { get; set; }
}
