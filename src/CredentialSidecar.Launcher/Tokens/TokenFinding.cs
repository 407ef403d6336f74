namespace CredentialSidecar.Launcher.Tokens;

/// <summary>The token, or none needed as far as can be told, or what stands in the way.</summary>
internal sealed class TokenFinding
{
    public AuthorizationToken? Token { get; init; }

    public Mistake? Mistake { get; init; }

    /// <summary>The file may yet appear: the sidecar writes it when it starts.</summary>
    public bool MayHeal { get; init; }
}
