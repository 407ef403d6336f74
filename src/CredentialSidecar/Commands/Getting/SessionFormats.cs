using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CredentialSidecar.Commands.Getting;

/// <summary>A session in the formats that SDKs and shells read.</summary>
internal static class SessionFormats
{
    // Standard output is not a web page, and a plus sign stays readable.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>See "Process credential provider" in the AWS SDKs and Tools Reference Guide.</summary>
    public static string Process(ServedSession session)
    {
        using var buffer = new MemoryStream();

        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("Version", 1);
            json.WriteString("AccessKeyId", session.AccessKeyId);
            json.WriteString("SecretAccessKey", session.SecretAccessKey);
            json.WriteString("SessionToken", session.SessionToken);

            if (session.Expiration is not null)
            {
                json.WriteString("Expiration", session.Expiration);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    /// <summary>Lines for <c>eval</c> in a POSIX shell, with the names of <c>aws configure export-credentials --format env</c>.</summary>
    public static string Environment(ServedSession session) => string.Concat(
        from pair in new (string Name, string? Value)[]
        {
            ("AWS_ACCESS_KEY_ID", session.AccessKeyId),
            ("AWS_SECRET_ACCESS_KEY", session.SecretAccessKey),
            ("AWS_SESSION_TOKEN", session.SessionToken),
            ("AWS_CREDENTIAL_EXPIRATION", session.Expiration),
        }
        where pair.Value is not null
        select $"export {pair.Name}={Quoted(pair.Value!)}\n");

    private static string Quoted(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || "+/=_.:-".Contains(c, StringComparison.Ordinal)) ? value
        : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
