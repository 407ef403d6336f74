using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Everything an operator may set. The property names are the keys.</summary>
internal sealed class SidecarOptions
{
    [Description("The role chains, by the name that siblings request, [a-z0-9_-]{1,64}.")]
    public Dictionary<string, DestinationOptions> Destinations { get; set; } = [];

    [Description("The region of the STS endpoint, unless a hop sets another. Default: AWS_REGION, then task metadata.")]
    public string? Region { get; set; }

    public SourceOptions Source { get; set; } = new();

    public StsOptions Sts { get; set; } = new();

    public AccessOptions Access { get; set; } = new();

    public AuditOptions Audit { get; set; } = new();

    public ListenOptions Listen { get; set; } = new();

    public HealthOptions Health { get; set; } = new();

    public ControlOptions Control { get; set; } = new();

    public InterceptionOptions Interception { get; set; } = new();

    public PassthroughOptions Passthrough { get; set; } = new();

    public NetworkingOptions Networking { get; set; } = new();

    public RefreshOptions Refresh { get; set; } = new();

    public LoggingOptions Logging { get; set; } = new();

    [Description(
        "A directory that siblings mount. The sidecar writes the authorization token and the launcher there, and generates a token if none "
        + "is configured.")]
    public string? SharedDirectory { get; set; }

    [Description("How long to keep serving after SIGTERM, 0s to 120s.")]
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(5);
}
