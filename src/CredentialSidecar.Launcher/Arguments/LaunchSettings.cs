namespace CredentialSidecar.Launcher.Arguments;

/// <summary>All that flags and variables decide, checked.</summary>
internal sealed class LaunchSettings
{
    public const int DefaultPort = 9170;
    public const int DefaultHealthPort = 9171;
    public const int DefaultWait = 30_000;

    /// <summary>Null for the sidecar's default destination.</summary>
    public string? Destination { get; set; }

    public Endpoint Endpoint { get; set; } = new(false, Endpoint.Loopback, DefaultPort);

    /// <summary>The file that was named; null where the launcher looks by itself.</summary>
    public string? TokenFile { get; set; }

    /// <summary>How long to wait for credentials, in milliseconds; 0 for not at all.</summary>
    public int Wait { get; set; } = DefaultWait;

    /// <summary>Variables that may stay although they win over the sidecar.</summary>
    public List<string> Allowed { get; } = [];

    public string FullUri => Endpoint.FullUri(Destination);
}
