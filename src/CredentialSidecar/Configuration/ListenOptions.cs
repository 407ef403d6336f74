namespace CredentialSidecar.Configuration;

/// <summary>Where siblings are answered.</summary>
internal sealed class ListenOptions
{
    /// <summary>0 to 65535; 0 lets the system choose one, which the log then names.</summary>
    public int Port { get; set; } = 9170;

    /// <summary>IP addresses. Empty means 127.0.0.1, and ::1 where there is one.</summary>
    public List<string> Addresses { get; set; } = [];
}

/// <summary>Where probes are answered.</summary>
internal sealed class HealthOptions
{
    /// <summary>0 to 65535; 0 lets the system choose one.</summary>
    public int Port { get; set; } = 9171;

    /// <summary>One more IP address for <c>/livez</c>, <c>/healthz</c> and <c>/readyz</c>; <c>/status</c> stays on loopback.</summary>
    public string Address { get; set; } = "127.0.0.1";
}
