namespace CredentialSidecar.Configuration;

/// <summary>How a message shows what an operator wrote: on one line, and never a page of it.</summary>
internal static class Shown
{
    private const int Longest = 120;

    public static string Quoted(string? value) =>
        value is { Length: > Longest } ? $"\"{value[..Longest]}…\" ({value.Length} characters)" : $"\"{value}\"";

    /// <summary>One mistake is one line, whatever a value holds; a terminal sees no escape sequence of it.</summary>
    public static string OnOneLine(string text) =>
        text.Any(IsBreaking) ? string.Concat(text.Select(c => IsBreaking(c) ? $"\\u{(int)c:X4}" : c.ToString())) : text;

    private static bool IsBreaking(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}
