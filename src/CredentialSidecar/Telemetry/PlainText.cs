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

        // By characters, since some of those that format need two units.
        foreach (var rune in text.EnumerateRunes())
        {
            _ = IsPlain(rune) ? shown.Append(rune) : shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }

        return shown.ToString();
    }

    // Format characters, which turn the direction of a line around, and separators, which some viewers take for line ends.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
