using System.Text.RegularExpressions;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>What every SDK can send: one line of visible ASCII (contract R11, R12).</summary>
internal static partial class TokenText
{
    /// <summary>Servers and SDKs alike refuse header lines of more than some 8000 bytes.</summary>
    public const int Longest = 4096;

    private const int Shortest = 32;

    // One that is made by chance has three times as many.
    private const int FewCharacters = 4;

    public static void Check(string token, string path, bool fromFile, bool allowShort, Findings findings)
    {
        var problem = token switch
        {
            "" => "is empty; generate a token with `openssl rand -hex 32`",
            _ when InQuotes.Is(token) => "holds a token in quotes, and they are part of it; leave them out, since siblings that have the token without them would not match",

            // botocore, Go, Java, JS and the CRT send no request at all with a token that has a line end.
            _ when token.AsSpan().ContainsAny('\r', '\n') =>
                "holds a line end, with which most SDKs refuse to send the token; " + (fromFile ? "write the file without one, by `printf %s \"$TOKEN\" > file`" : "leave it out"),
            _ when token.StartsWith("arn:aws", StringComparison.Ordinal) =>
                "is the ARN of a secret instead of its value; in a task definition name it under secrets (valueFrom), not under environment",
            _ when Unexpanded().IsMatch(token) => "holds ${…} or $(…), which nothing expanded; give the token itself",
            _ when token.Trim() != token => "begins or ends with a blank, which a header loses on its way; leave it out",
            _ when token.Any(c => c is < ' ' or > '~') => "holds something other than visible ASCII (a byte order mark, perhaps); generate a token with `openssl rand -hex 32`",
            { Length: > Longest } => $"has {token.Length} characters; expected at most {Longest}",
            { Length: < Shortest } when !allowShort => $"has {token.Length} characters, which can be guessed; expected at least {Shortest}; "
                + "generate one with `openssl rand -hex 32` (or allow it by SIDECAR_Access__AllowShortTokens=true)",
            _ => null,
        };

        if (problem is not null)
        {
            findings.Wrong(path, fromFile ? $"names a file that {problem}" : problem);
        }
        else if (Scheme().Match(token) is { Success: true } scheme)
        {
            findings.Warn(path, $"gives a token that begins with \"{scheme.Value}\"; the contract has no scheme, so siblings must send exactly this text. Leave \"{scheme.Value}\" out unless they do");
        }
        else if (token.Distinct().Count() is <= FewCharacters and var different)
        {
            findings.Warn(path, $"gives a token of {(different == 1 ? "one character over and over" : $"only {different} different characters")}, which can be guessed; generate one with `openssl rand -hex 32`");
        }
        else if (token.Length < Shortest)
        {
            findings.Warn(path, $"gives a token of {token.Length} characters, which can be guessed; generate one with `openssl rand -hex 32`");
        }
    }

    [GeneratedRegex(@"\$\{[^}]*\}|\$\([^)]*\)")]
    private static partial Regex Unexpanded();

    [GeneratedRegex("^(Bearer|Basic|Token) ", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();
}
