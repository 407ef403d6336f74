namespace CredentialSidecar.Launcher.Tokens;

/// <summary>The token, or no token if none seems necessary, or the mistake that prevents reading one.</summary>
internal sealed class TokenFinding
{
    public AuthorizationToken? Token { get; init; }

    public Mistake? Mistake { get; init; }

    /// <summary>The file may yet appear: the sidecar writes it when it starts.</summary>
    public bool MayHeal { get; init; }
}
