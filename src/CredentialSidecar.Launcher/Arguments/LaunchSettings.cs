namespace CredentialSidecar.Launcher.Arguments;

/// <summary>The validated settings from flags and variables.</summary>
internal sealed class LaunchSettings
{
    public const int DefaultPort = FixedNames.CredentialsPort;
    public const int DefaultHealthPort = FixedNames.HealthPort;
    public const int DefaultWait = 30_000;

    /// <summary>Null for the sidecar's default destination.</summary>
    public string? Destination { get; set; }

    public Endpoint Endpoint { get; set; } = new(false, Endpoint.Loopback, DefaultPort);

    /// <summary>The file that a flag or variable names; null where the launcher searches for one.</summary>
    public string? TokenFile { get; set; }

    /// <summary>How long to wait for credentials, in milliseconds; 0 does not wait.</summary>
    public int Wait { get; set; } = DefaultWait;

    /// <summary>Variables that stay although SDKs prefer them to the sidecar.</summary>
    public List<string> Allowed { get; } = [];

    /// <summary>Who must listen where the token is sent.</summary>
    public SidecarUid SidecarUid { get; set; } = SidecarUid.Unnamed;

    /// <summary>The program may use EC2 instance metadata.</summary>
    public bool AllowImds { get; set; }

    /// <summary>The sidecar is reached by its Unix socket, through a forwarder on the endpoint's port.</summary>
    public bool Forward { get; set; }

    /// <summary>The socket that a flag or variable names; null for the one beside the launcher.</summary>
    public string? Socket { get; set; }

    /// <summary>Where the sidecar's status is.</summary>
    public int HealthPort { get; set; } = DefaultHealthPort;

    public string FullUri => Endpoint.FullUri(Destination);
}
