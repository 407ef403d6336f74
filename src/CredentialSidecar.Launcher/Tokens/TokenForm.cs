namespace CredentialSidecar.Launcher.Tokens;

/// <summary>What every SDK can send: one line of visible ASCII (contract R11, R12).</summary>
internal static class TokenForm
{
    // A sidecar's token may begin so, if unlikely; what it answers decides.
    private static readonly string[] Schemes = ["Bearer ", "Basic ", "Token ", "Digest "];

    /// <summary>The word before a token that some clients of other services send; null where there is none.</summary>
    public static string? Scheme(string token) => Array.Find(Schemes, scheme => token.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))?.TrimEnd();

    /// <returns>What is wrong, to be put behind the name of where the token came from; null if nothing is.</returns>
    public static string? Mistake(string token)
    {
        var text = token.AsSpan();

        if (text.IsEmpty)
        {
            return "is empty; give the token that the sidecar has.";
        }

        if (text.ContainsAny('\r', '\n'))
        {
            return "holds a line end, with which most SDKs send no request at all; write the file without one: printf %s \"$TOKEN\" > file";
        }

        if (text is ['"', .., '"'] or ['\'', .., '\''])
        {
            return "holds a token in quotes, which are part of the value; leave the quotes out.";
        }

        // A space within is sent as it is; one at an end is lost on the way.
        return text.ContainsAnyExceptInRange(' ', '~') || text[0] == ' ' || text[^1] == ' '
            ? "holds something other than visible ASCII; generate a token with: openssl rand -hex 32"
            : null;
    }
}
