using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Endpoint;

/// <summary>What an SDK reads on success (contract R6, R7).</summary>
internal static class ContractDocument
{
    // Otherwise a plus sign in a token grows to six bytes. These bytes never reach an HTML page.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(TemporaryCredentials credentials, RoleArn? role)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);

        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteString("AccessKeyId"u8, credentials.AccessKeyId);
            json.WriteString("SecretAccessKey"u8, credentials.SecretAccessKey);
            json.WriteString("Token"u8, credentials.SessionToken);

            // Whole seconds, rounded down, and a literal Z: the only form that every SDK reads (contract R7).
            json.WriteString("Expiration"u8,
                credentials.Expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

            if (role is not null)
            {
                json.WriteString("RoleArn"u8, role.Text);
                json.WriteString("AccountId"u8, role.AccountId);
            }

            json.WriteEndObject();
        }

        var body = buffer.WrittenMemory.ToArray();
        buffer.Clear();
        return body;
    }
}
