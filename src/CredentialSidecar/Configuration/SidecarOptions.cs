namespace CredentialSidecar.Configuration;

/// <summary>Everything an operator may set. The property names are the keys.</summary>
internal sealed class SidecarOptions
{
    /// <summary>By the name a sibling asks for, <c>[a-z0-9_-]{1,64}</c>.</summary>
    public Dictionary<string, DestinationOptions> Destinations { get; set; } = [];

    /// <summary>Whose STS is asked, unless a hop says otherwise. Default: <c>AWS_REGION</c>, then task metadata.</summary>
    public string? Region { get; set; }

    public SourceOptions Source { get; set; } = new();

    public AccessOptions Access { get; set; } = new();

    public ListenOptions Listen { get; set; } = new();

    public HealthOptions Health { get; set; } = new();

    public RefreshOptions Refresh { get; set; } = new();

    public LoggingOptions Logging { get; set; } = new();

    /// <summary>How long to go on serving after SIGTERM, 0 s to 120 s.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(5);
}
