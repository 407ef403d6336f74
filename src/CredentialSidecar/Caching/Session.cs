using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>A node's session, with the bytes that every sibling will be answered, made once.</summary>
internal sealed class Session(TemporaryCredentials credentials, RoleArn role, DateTimeOffset renewAt)
{
    /// <summary>The CRT reads no body beyond 10 000 bytes (contract R6).</summary>
    public const int LargestBody = 9_000;

    // A plus sign in a token would grow to six bytes; these bytes reach no HTML page.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public TemporaryCredentials Credentials => credentials;

    /// <summary>The contract's JSON, UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; } = Serialize(credentials, role);

    public DateTimeOffset RenewAt => renewAt;

    public bool IsLive(DateTimeOffset now) => now < credentials.Expiration;

    public TimeSpan Remaining(DateTimeOffset now) => IsLive(now) ? credentials.Expiration - now : TimeSpan.Zero;

    private static ReadOnlyMemory<byte> Serialize(TemporaryCredentials credentials, RoleArn role)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);

        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteString("AccessKeyId"u8, credentials.AccessKeyId);
            json.WriteString("SecretAccessKey"u8, credentials.SecretAccessKey);
            json.WriteString("Token"u8, credentials.SessionToken);

            // Whole seconds, cut and never rounded up, and a literal Z: the one form that every SDK reads (contract R7).
            json.WriteString("Expiration"u8, credentials.Expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("RoleArn"u8, role.Text);
            json.WriteString("AccountId"u8, role.AccountId);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory.ToArray();
    }
}
