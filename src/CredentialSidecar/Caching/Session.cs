using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>A node's session, with the bytes that every sibling will be answered, made once.</summary>
internal sealed class Session(TemporaryCredentials credentials, Hop hop, DateTimeOffset renewAt)
{
    /// <summary>The CRT reads no body beyond 10 000 bytes (contract R6).</summary>
    public const int LargestBody = 9_000;

    // A plus sign in a token would grow to six bytes; these bytes reach no HTML page.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();
    private readonly byte[] _body = Serialize(credentials, hop.Role);
    private bool _isErased;

    public TemporaryCredentials Credentials => credentials;

    /// <summary>Of the contract's JSON, in bytes.</summary>
    public int Length => _body.Length;

    public string SessionName => hop.SessionName;

    public DateTimeOffset RenewAt => renewAt;

    public bool IsLive(DateTimeOffset now) => now < credentials.Expiration;

    public TimeSpan Remaining(DateTimeOffset now) => IsLive(now) ? credentials.Expiration - now : TimeSpan.Zero;

    /// <summary>Copies the contract's JSON, UTF-8.</summary>
    /// <returns>False where it was erased meanwhile, since another session took its place.</returns>
    public bool TryWriteTo(IBufferWriter<byte> writer)
    {
        // Whole or not at all: a half that was erased would be an answer too.
        lock (_gate)
        {
            if (!_isErased)
            {
                // By its length: a writer that was given no size may hand over no memory at all.
                _body.CopyTo(writer.GetSpan(_body.Length));
                writer.Advance(_body.Length);
            }

            return !_isErased;
        }
    }

    /// <summary>Leaves nothing of the bytes in memory.</summary>
    public void Erase()
    {
        lock (_gate)
        {
            _isErased = true;
            CryptographicOperations.ZeroMemory(_body);
        }
    }

    private static byte[] Serialize(TemporaryCredentials credentials, RoleArn role)
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

        var body = buffer.WrittenMemory.ToArray();
        buffer.Clear();
        return body;
    }
}
