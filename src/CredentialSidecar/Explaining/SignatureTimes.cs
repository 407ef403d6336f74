using System.Globalization;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Explaining;

/// <summary>Reads both clocks from the text of a SignatureDoesNotMatch.</summary>
internal static partial class SignatureTimes
{
    /// <summary>How far the clock of STS was ahead of the caller's; zero if the text has no times.</summary>
    public static TimeSpan Difference(string text) => Times().Match(text) is { Success: true } times
        && Read(times.Groups["signed"].Value) is { } signed && Read(times.Groups["now"].Value) is { } now ? now - signed : TimeSpan.Zero;

    private static DateTimeOffset? Read(string text) => DateTimeOffset.TryParseExact(
        text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    // "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T002000Z - 15 min.)"
    [GeneratedRegex(@"Signature [a-z ]+: (?<signed>\d{8}T\d{6}Z) is .{0,40}?\d{8}T\d{6}Z(?: \((?<now>\d{8}T\d{6}Z) [-+])")]
    private static partial Regex Times();
}
