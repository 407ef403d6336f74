using System.ComponentModel;

namespace CredentialSidecar.Configuration;

/// <summary>Who may read.</summary>
internal sealed class AccessOptions
{
    [Description("The authorization token that siblings send: one line of visible ASCII.")]
    public string? Token { get; set; }

    [Description("The file that holds the token, without a newline at its end.")]
    public string? TokenFile { get; set; }

    [Description("Serve whoever asks. Never together with a token, and only on loopback.")]
    public bool AllowAnonymous { get; set; }
}
