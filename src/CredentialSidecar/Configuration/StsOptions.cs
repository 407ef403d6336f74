using System.ComponentModel;

namespace CredentialSidecar.Configuration;

/// <summary>How STS is asked.</summary>
internal sealed class StsOptions
{
    [Description("Allow an STS endpoint at an http address beyond loopback and link-local. Anyone on the path then reads sessions.")]
    public bool AllowPlainHttp { get; set; }
}
