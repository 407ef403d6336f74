namespace CredentialSidecar.Access;

/// <summary>Explains what is wrong with an unknown authorization token, if its form shows it.</summary>
internal static class TokenForm
{
    private const string Signature = "AWS4-";

    // Only these words are repeated in the answer: any other word before a space may be part of a token.
    private static readonly string[] Schemes = ["Bearer", "Basic", "Token", "Digest"];

    /// <param name="isToken">Whether a text is a valid token. A caller who knows one could send it directly, so the answer reveals
    /// nothing.</param>
    public static string Explain(string authorization, Func<string, bool> isToken)
    {
        var scheme = Array.Find(Schemes, word => authorization.StartsWith(word + " ", StringComparison.OrdinalIgnoreCase));
        var token = scheme is null ? authorization : authorization[scheme.Length..].Trim();
        var bare = Unquoted(token);
        var form = (scheme, quoted: bare.Length < token.Length) switch
        {
            (null, false) => null,
            (null, true) => "quotes around the token",
            (_, false) => $"the scheme \"{scheme}\" before the token",
            _ => $"the scheme \"{scheme}\" before the token and quotes around it",
        };

        return (form, authorization) switch
        {
            (null, _) when authorization.StartsWith(Signature, StringComparison.Ordinal) =>
                "The Authorization header holds an AWS signature instead of the sidecar's token. This address serves credentials; "
                + "it is not an AWS service.",
            (null, _) =>
                "The authorization token is wrong. Compare AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE) in this container with "
                + "SIDECAR_TOKEN(_FILE) in the sidecar.",
            _ when isToken(bare) =>
                $"The Authorization header has {form}. The token itself is correct: send only the token, as AWS SDKs do.",
            _ => $"The Authorization header has {form}, and the token itself is wrong too. Send only the sidecar's token.",
        };
    }

    private static string Unquoted(string text) => text is ['"', .., '"'] or ['\'', .., '\''] ? text[1..^1] : text;
}
