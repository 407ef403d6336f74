namespace CredentialSidecar.Launcher.Tokens;

/// <summary>The launcher's words for a token that <see cref="TokenRule"/> refuses.</summary>
internal static class TokenForm
{
    /// <returns>What is wrong, to be put behind the name of where the token came from; null if nothing is.</returns>
    public static string? Mistake(string token) => TokenRule.FaultOf(token) switch
    {
        TokenFault.None => null,
        TokenFault.Empty => "is empty; give the token that the sidecar has.",
        TokenFault.Quoted => "holds a token in quotes, which are part of the value; leave the quotes out.",
        TokenFault.LineEnd =>
            "holds a line end, with which most SDKs send no request at all; write the file without one: printf %s \"$TOKEN\" > file",
        TokenFault.SecretArn => "holds the ARN of a secret instead of its value; in a task definition name it under secrets (valueFrom).",
        TokenFault.Unexpanded => "holds ${...} or $(...), which nothing expanded; give the token itself.",
        TokenFault.OuterBlank => "begins or ends with a blank, which a header loses on its way; leave the blank out.",
        TokenFault.TooLong =>
            $"is longer than {TokenRule.Longest} characters, which the sidecar refuses; give the token that the sidecar has.",
        _ => "holds something other than visible ASCII; generate a token with: openssl rand -hex 32",
    };
}
