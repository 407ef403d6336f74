using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Where credentials are served.</summary>
internal sealed class ListenOptions
{
    [Description("0 to 65535; with 0 the system chooses a port, which the log names.")]
    public int Port { get; set; } = 9170;

    [Description("IP addresses. Empty means 127.0.0.1, and ::1 if it exists.")]
    public List<string> Addresses { get; set; } = [];

    [Description(
        "Also serve on the Unix socket credentials.sock in SharedDirectory and in each client's SharedDirectory, "
        + "for containers in another network namespace (credential-launch --forward).")]
    public bool Socket { get; set; }

    [Description(
        "Also answer /creds, /role/{destination} and /role-arn/{ARN} of a configured role, as amazon-ecs-local-container-endpoints does.")]
    public bool LocalEndpoints { get; set; }

    public TlsOptions Tls { get; set; } = new();
}

/// <summary>Where credentials are served over TLS.</summary>
internal sealed class TlsOptions
{
    [Description("0 to 65535; with 0 the system chooses a port. Without it, the sidecar does not serve TLS.")]
    public int? Port { get; set; }

    [Description("IP addresses. Empty means 127.0.0.1, and ::1 if it exists.")]
    public List<string> Addresses { get; set; } = [];

    [Description(
        "A PEM file with the server's certificate and those between it and its authority; read again when it changes. "
        + "Without it, the sidecar makes a certificate for Access:Hosts, and writes its authority to the shared directories.")]
    public string? Certificate { get; set; }

    [Description("A PEM file with the private key of Certificate, without a password; read again when it changes.")]
    public string? Key { get; set; }
}

/// <summary>Where probes are served.</summary>
internal sealed class HealthOptions
{
    [Description("0 to 65535; with 0 the system chooses a port.")]
    public int Port { get; set; } = 9171;

    [Description("One more IP address for /livez, /healthz and /readyz; /status stays on loopback.")]
    public string Address { get; set; } = "127.0.0.1";

    [Description("Warn if no sibling has requested credentials within this time after ready, 0s to 24h; 0s never warns.")]
    public TimeSpan NoClientAfter { get; set; } = TimeSpan.FromMinutes(3);
}
