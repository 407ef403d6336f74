using System.Globalization;
using System.Text;

namespace CredentialSidecar.Telemetry;

/// <summary>Text for a terminal: one line, without characters that control the terminal.</summary>
internal static class PlainText
{
    private const int MostNames = 20;

    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);

        // By runes, because some format characters need two UTF-16 units.
        foreach (var rune in text.EnumerateRunes())
        {
            _ = IsPlain(rune) ? shown.Append(rune) : shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        }

        return shown.ToString();
    }

    /// <summary>The first names, separated by commas, and how many more there are.</summary>
    public static string Names(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");

    // Format characters, which can reverse the text direction, and separators, which some viewers treat as line ends.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
