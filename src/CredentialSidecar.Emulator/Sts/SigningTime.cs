using System.Globalization;

namespace CredentialSidecar.Emulator.Sts;

/// <summary>When a request says it was signed: within five minutes of the clock, or it is refused.</summary>
internal static class SigningTime
{
    private const string Format = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static string Check(IHeaderDictionary headers, AuthorizationHeader authorization, DateTimeOffset now)
    {
        var text = headers["X-Amz-Date"].ToString();
        if (!DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed))
        {
            throw new StsException(400, "IncompleteSignature",
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        }

        if (signed < now - Tolerance)
        {
            throw Mismatch($"Signature expired: {text} is now earlier than {Write(now - Tolerance)} ({Write(now)} - 5 min.)");
        }

        if (signed > now + Tolerance)
        {
            throw Mismatch($"Signature not yet current: {text} is still later than {Write(now + Tolerance)} ({Write(now)} + 5 min.)");
        }

        if (text[..8] != authorization.Date)
        {
            throw Mismatch($"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
                $"'{authorization.Date}' != '{text[..8]}', from '{text}'.");
        }

        return text;
    }

    private static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private static StsException Mismatch(string message) => new(403, "SignatureDoesNotMatch", message);
}
