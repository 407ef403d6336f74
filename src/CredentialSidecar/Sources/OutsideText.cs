using System.Globalization;
using System.Text;

namespace CredentialSidecar.Sources;

/// <summary>Makes text from outside safe to show: on one line, at most 1 kB, masked, and without terminal control characters.</summary>
internal static class OutsideText
{
    private const int LongestInBytes = 1024;
    private const int Longest = 2048;

    // Mask before cutting, so that a secret at the cut is still recognized.
    private const int Ahead = 2048;

    private const string Cut = "…";

    /// <summary>The text with a full stop, or null if it is empty.</summary>
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

    // Format characters can reverse the text direction; some terminals treat C1 controls as escape sequences.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
