namespace CredentialSidecar.Configuration;

/// <summary>Who may read.</summary>
internal sealed class AccessOptions
{
    /// <summary>The authorization token that siblings send: one line of visible ASCII.</summary>
    public string? Token { get; set; }

    /// <summary>The file that holds it, without a newline at its end.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Serve whoever asks. Never together with a token, and only on loopback.</summary>
    public bool AllowAnonymous { get; set; }
}
