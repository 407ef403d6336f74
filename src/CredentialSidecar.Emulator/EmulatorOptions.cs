using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator;

/// <summary>How to start. Port 0 lets the system choose; everything listens on 127.0.0.1.</summary>
internal sealed record EmulatorOptions
{
    public int AgentPort { get; init; }

    public int StsPort { get; init; }

    public int ControlPort { get; init; }

    /// <summary>None means <see cref="DefaultWorld"/>.</summary>
    public World? World { get; init; }
}
