using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>How STS is asked.</summary>
internal sealed class StsOptions
{
    [Description("Allow an STS endpoint at an http address beyond loopback and link-local. Anyone on the path then reads sessions.")]
    public bool AllowPlainHttp { get; set; }

    [Description("The time that one STS call has, from connecting to the last byte, 1s to 30s.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    [Description("The time that a connection to STS or to its proxy has, 500ms to 10s; part of Timeout.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
