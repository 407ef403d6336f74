using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Where and why a parser stopped, without its quotes from the document, which may be secret.</summary>
internal static partial class JsonFault
{
    public static string Describe(JsonException e) => string.Create(CultureInfo.InvariantCulture,
        $"is invalid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {Reason(e.Message)}");

    // "'x' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 1." One character reveals nothing, a word may.
    private static string Reason(string message) =>
        message.StartsWith("The input does not contain any JSON tokens", StringComparison.Ordinal) ? "the document is empty"
        : message.StartsWith("Expected depth to be zero", StringComparison.Ordinal)
            ? "the document ends inside an object or a list, which is never closed"
        : Longer().Replace(Place().Replace(message, ""), "the text there ").Trim().TrimEnd('.');

    [GeneratedRegex(@"\s*(Path: .*)?LineNumber: \d+ \| BytePositionInLine: \d+\.?\s*\z", RegexOptions.Singleline)]
    private static partial Regex Place();

    [GeneratedRegex(@"^'.{2,}'\s*(?=is |are )", RegexOptions.Singleline)]
    private static partial Regex Longer();
}
