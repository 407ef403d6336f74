namespace CredentialSidecar.Shared;

/// <summary>The form of an authorization token that every SDK can send: one line of visible ASCII (contract R11, R12).</summary>
/// <remarks>Without regular expressions, which the launcher would have to carry.</remarks>
internal static class TokenRule
{
    /// <summary>Servers and SDKs alike refuse header lines of more than some 8000 bytes.</summary>
    public const int Longest = 4096;

    /// <summary>A shorter one can be guessed. The sidecar refuses it by default; the launcher does not.</summary>
    public const int Shortest = 32;

    private static readonly string[] Schemes = ["Bearer", "Basic", "Token", "Digest"];

    public static TokenFault FaultOf(string token) => token switch
    {
        "" => TokenFault.Empty,
        ['"', .., '"'] or ['\'', .., '\''] => TokenFault.Quoted,
        _ when token.AsSpan().ContainsAny('\r', '\n') => TokenFault.LineEnd,
        _ when token.StartsWith("arn:aws", StringComparison.Ordinal) => TokenFault.SecretArn,
        _ when Holds(token, "${", '}') || Holds(token, "$(", ')') => TokenFault.Unexpanded,
        _ when char.IsWhiteSpace(token[0]) || char.IsWhiteSpace(token[^1]) => TokenFault.OuterBlank,
        _ when token.AsSpan().ContainsAnyExceptInRange(' ', '~') => TokenFault.NotVisible,
        { Length: > Longest } => TokenFault.TooLong,
        _ => TokenFault.None,
    };

    /// <summary>The word that clients of other services put before a token; null where there is none.</summary>
    public static string? SchemeOf(string token) =>
        Array.Find(Schemes, scheme => token.Length > scheme.Length && token[scheme.Length] == ' '
            && token.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    private static bool Holds(string text, string start, char end) =>
        text.IndexOf(start, StringComparison.Ordinal) is >= 0 and var at && text.IndexOf(end, at) >= 0;
}
