using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Where commands reach the running sidecar.</summary>
internal sealed class ControlOptions
{
    [Description(
        "The directory of control.sock, the Unix socket that the commands rotate-tokens and status use. Default: SharedDirectory.")]
    public string? Directory { get; set; }
}
