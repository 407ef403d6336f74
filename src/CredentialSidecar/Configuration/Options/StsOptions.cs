using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>How STS is called.</summary>
internal sealed class StsOptions
{
    [Description("Allow an http STS endpoint that is not loopback or link-local. Anyone on the network path can then read sessions.")]
    public bool AllowPlainHttp { get; set; }

    [Description("The time limit of one STS call, from connecting to the last byte, 1s to 30s.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    [Description("The time limit for connecting to STS or to its proxy, 500ms to 10s; part of Timeout.")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
