using System.Text;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>A target as Go's net/url reads it for the agent: a path is decoded once, including slashes.</summary>
/// <param name="Path">Decoded once.</param>
/// <param name="Query">As it was sent, without the question mark.</param>
internal sealed record GoUrl(string Path, string Query)
{
    // The characters that Go does not escape in a path, besides letters and digits.
    private const string Plain = "-_.~$&+,/:;=@";

    /// <param name="target">In origin form, or with a scheme and a host before the path.</param>
    public static GoUrl Of(string target)
    {
        var parts = target.Split('?', 2);
        var at = parts[0].StartsWith('/') ? 0
            : parts[0].IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme ? parts[0].IndexOf('/', scheme + 3)
            : 0;
        return new GoUrl(Uri.UnescapeDataString(at < 0 ? "/" : parts[0][at..]), parts.Length > 1 ? parts[1] : "");
    }

    /// <summary>The first value of that name; null where there is none. Go drops pairs with a semicolon or a broken escape.</summary>
    public string? First(string name)
    {
        foreach (var pair in Query.Split('&').Where(pair => pair.Length > 0 && !pair.Contains(';', StringComparison.Ordinal)))
        {
            var parts = pair.Split('=', 2);

            if (Unescaped(parts[0]) == name && Unescaped(parts.Length > 1 ? parts[1] : "") is { } value)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Where a redirect to another path leads, with the query of this one.</summary>
    public string WithPath(string path)
    {
        var text = new StringBuilder();

        foreach (var b in Encoding.UTF8.GetBytes(path))
        {
            var isPlain = char.IsAsciiLetterOrDigit((char)b) || Plain.Contains((char)b, StringComparison.Ordinal);
            _ = isPlain ? text.Append((char)b) : text.Append($"%{b:X2}");
        }

        return Query.Length == 0 ? text.ToString() : $"{text}?{Query}";
    }

    private static string? Unescaped(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return null;
            }
        }

        return Uri.UnescapeDataString(text.Replace('+', ' '));
    }
}
