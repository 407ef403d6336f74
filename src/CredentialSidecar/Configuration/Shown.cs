namespace CredentialSidecar.Configuration;

/// <summary>Formats an operator's text for a message: on one line, and shortened.</summary>
internal static class Shown
{
    private const int Longest = 120;

    public static string Quoted(string? value) =>
        value is { Length: > Longest }
            ? $"\"{OnOneLine(value[..Longest])}…\" ({value.Length} characters)"
            : $"\"{OnOneLine(value ?? "")}\"";

    /// <summary>Keeps text on one line, without terminal escape sequences.</summary>
    public static string OnOneLine(string text) =>
        text.Any(IsBreaking) ? string.Concat(text.Select(c => IsBreaking(c) ? $"\\u{(int)c:X4}" : c.ToString())) : text;

    // Format characters include those that turn the direction of text.
    private static bool IsBreaking(char c) => char.IsControl(c) || c is '\u2028' or '\u2029'
        || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format;
}
