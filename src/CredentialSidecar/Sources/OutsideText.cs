using System.Globalization;
using System.Text;

namespace CredentialSidecar.Sources;

/// <summary>How an operator is shown text that others wrote: on one line, at most 1 kB, masked, and without what a terminal would obey.</summary>
internal static class OutsideText
{
    private const int LongestInBytes = 1024;
    private const int Longest = 2048;

    // A secret that begins in what is shown must be known to its end.
    private const int Ahead = 2048;

    private const string Cut = "…";

    /// <summary>The text with a full stop, or null where there is none.</summary>
    public static string? Shown(string? text, SecretMask mask)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var isLong = text.Length > Longest;
        var masked = mask.Apply(text.Length > Longest + Ahead ? text[..(Longest + Ahead)] : text);
        var shown = Escaped(masked.Length > Longest ? masked[..Longest] : masked, out var isCut);
        return isCut || isLong ? shown + Cut : shown.EndsWith('.') ? shown : shown + ".";
    }

    private static string Escaped(string text, out bool isCut)
    {
        var (shown, bytes) = (new StringBuilder(), 0);
        isCut = false;

        foreach (var rune in text.ReplaceLineFeeds().Trim().EnumerateRunes())
        {
            var next = IsPlain(rune) ? rune.ToString() : $"\\u{rune.Value:X4}";
            bytes += Encoding.UTF8.GetByteCount(next);

            if (bytes > LongestInBytes - Cut.Length * 3)
            {
                isCut = true;
                break;
            }

            shown.Append(next);
        }

        return shown.ToString();
    }

    private static string ReplaceLineFeeds(this string text) => text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ');

    // Format characters turn the direction of a line around; C1 controls are escape sequences to some terminals.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
