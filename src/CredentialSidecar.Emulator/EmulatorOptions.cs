using System.Net;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator;

/// <summary>How to start. Port 0 lets the system choose; the controls always listen on 127.0.0.1.</summary>
internal sealed record EmulatorOptions
{
    /// <summary>Where the agent and STS listen.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public int AgentPort { get; init; }

    public int StsPort { get; init; }

    public int ControlPort { get; init; }

    /// <summary>The id in the path of the task role. Default: random.</summary>
    public string? CredentialsId { get; init; }

    /// <summary>The id in the path of the task metadata. Default: random.</summary>
    public string? ContainerId { get; init; }

    /// <summary>None means <see cref="DefaultWorld"/>.</summary>
    public World? World { get; init; }
}
