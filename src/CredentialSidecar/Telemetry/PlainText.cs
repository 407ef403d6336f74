using System.Globalization;
using System.Text;

namespace CredentialSidecar.Telemetry;

/// <summary>Text as a terminal shows it: whoever wrote it, it is one line, and the terminal obeys none of it.</summary>
internal static class PlainText
{
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);

        foreach (var c in text)
        {
            _ = IsPlain(c) ? shown.Append(c) : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }

        return shown.ToString();
    }

    // Format characters, which turn the direction of a line around, and separators, which some viewers take for line ends.
    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
