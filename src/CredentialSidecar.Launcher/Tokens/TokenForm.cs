namespace CredentialSidecar.Launcher.Tokens;

/// <summary>What every SDK can send: one line of visible ASCII (contract R11, R12).</summary>
internal static class TokenForm
{
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

        // A space within is sent as it is; one at an end is lost on the way.
        return text.ContainsAnyExceptInRange(' ', '~') || text[0] == ' ' || text[^1] == ' '
            ? "holds something other than visible ASCII; generate a token with: openssl rand -hex 32"
            : null;
    }
}
