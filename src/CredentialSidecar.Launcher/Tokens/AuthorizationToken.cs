namespace CredentialSidecar.Launcher.Tokens;

/// <summary>What the program sends in <c>Authorization</c>.</summary>
/// <param name="value">A secret: for the environment and the request, never for a message.</param>
/// <param name="file">A file that holds the same, where there is one.</param>
internal sealed class AuthorizationToken(string value, string? file)
{
    public string Value => value;

    public string? File => file;

    public override string ToString() => "(an authorization token)";
}
