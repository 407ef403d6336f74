namespace CredentialSidecar.Configuration.Rules;

/// <summary>The sidecar's words for a token that <see cref="TokenRule"/> refuses, and for one that can be guessed.</summary>
internal static class TokenText
{
    public const int Longest = TokenRule.Longest;

    // A random token has three times as many.
    private const int FewCharacters = 4;

    public static void Check(string token, string path, bool fromFile, bool allowShort, Findings findings)
    {
        var problem = TokenRule.FaultOf(token) switch
        {
            TokenFault.Empty => "is empty; generate a token with `openssl rand -hex 32`",
            TokenFault.Quoted => "contains a token in quotes, which are part of the value; remove the quotes, "
                + "because siblings that send the token without quotes would not match",

            // botocore, Go, Java, JS and the CRT send no request at all with a token that has a line end.
            TokenFault.LineEnd => "contains a line end, and most SDKs refuse to send such a token; "
                + (fromFile ? "write the file without it: `printf %s \"$TOKEN\" > file`" : "leave it out"),
            TokenFault.SecretArn => "is the ARN of a secret instead of its value; "
                + "in a task definition, use secrets (valueFrom), not environment",
            TokenFault.Unexpanded => "contains ${…} or $(…), which was not expanded; give the token itself",
            TokenFault.OuterBlank => "begins or ends with a space, which HTTP removes from headers; remove it",
            TokenFault.NotVisible => "contains characters other than visible ASCII (perhaps a byte order mark); "
                + "generate a token with `openssl rand -hex 32`",
            TokenFault.TooLong => $"has {token.Length} characters; expected at most {TokenRule.Longest}",
            TokenFault.None when !allowShort && token.Length < TokenRule.Shortest =>
                $"has {token.Length} characters, which can be guessed; expected at least {TokenRule.Shortest}; "
                + "generate one with `openssl rand -hex 32` (or allow it by SIDECAR_Access__AllowShortTokens=true)",
            _ => null,
        };

        if (problem is not null)
        {
            findings.Wrong(path, fromFile ? $"names a file that {problem}" : problem);
        }
        else if (TokenRule.SchemeOf(token) is { } scheme)
        {
            findings.Warn(path, $"contains a token that begins with \"{scheme} \"; SDKs send the token without a scheme, "
                + $"so siblings must send exactly this text. Remove \"{scheme} \" unless they do");
        }
        else if (token.Distinct().Count() is <= FewCharacters and var different)
        {
            var few = different == 1 ? "one character over and over" : $"only {different} different characters";
            findings.Warn(path, $"gives a token of {few}, which can be guessed; generate one with `openssl rand -hex 32`");
        }
        else if (token.Length < TokenRule.Shortest)
        {
            findings.Warn(path,
                $"gives a token of {token.Length} characters, which can be guessed; generate one with `openssl rand -hex 32`");
        }
    }
}
