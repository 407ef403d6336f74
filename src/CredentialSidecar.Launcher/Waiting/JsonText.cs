using System.Globalization;
using System.Text;

namespace CredentialSidecar.Launcher.Waiting;

/// <summary>Finds one string member of a flat JSON object. A whole JSON reader would be a third of the launcher.</summary>
internal static class JsonText
{
    /// <returns>The member's text, fit for one line; null where the member is missing or not a string.</returns>
    public static string? Member(string json, string name)
    {
        var at = json.IndexOf('{', StringComparison.Ordinal) + 1;
        string? previous = null;

        while (at > 0 && (at = json.IndexOf('"', at)) >= 0)
        {
            var text = ReadString(json, ref at);

            if (previous == name)
            {
                return text;
            }

            // A string is a name if a colon follows it. The next string is its value only if it follows the colon directly.
            var next = SkipSpace(json, at);
            var named = next < json.Length && json[next] == ':';
            var value = named ? SkipSpace(json, next + 1) : json.Length;
            previous = value < json.Length && json[value] == '"' ? text : null;
            at = value < json.Length ? value : at;
        }

        return null;
    }

    private static int SkipSpace(string json, int at)
    {
        while (at < json.Length && json[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }

        return at;
    }

    /// <param name="at">The position of the opening quote; on return, the position after the closing quote.</param>
    private static string ReadString(string json, ref int at)
    {
        var text = new StringBuilder();

        for (at++; at < json.Length && json[at] != '"'; at++)
        {
            if (json[at] != '\\')
            {
                Append(text, json[at]);
            }
            else if (++at < json.Length)
            {
                AppendEscaped(text, json, ref at);
            }
        }

        at = Math.Min(at + 1, json.Length);
        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder text, string json, ref int at)
    {
        if (json[at] == 'u' && at + 4 < json.Length
            && ushort.TryParse(json.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            at += 4;
            Append(text, code is >= ' ' and <= '~' ? (char)code : '?');
        }
        else
        {
            Append(text, json[at] is 'n' or 'r' or 't' or 'b' or 'f' ? ' ' : json[at]);
        }
    }

    // A control character could forge a log line.
    private static void Append(StringBuilder text, char c) => text.Append(c is < ' ' or '\x7f' ? ' ' : c);
}
