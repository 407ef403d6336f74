using System.Buffers;
using System.Text.Json;
using CredentialSidecar.Caching;

namespace CredentialSidecar.Testing;

/// <summary>Reads a session as a sibling would.</summary>
internal static class SessionReading
{
    public static byte[] Bytes(this Session session)
    {
        var buffer = new ArrayBufferWriter<byte>();
        return session.TryWriteTo(buffer) ? buffer.WrittenSpan.ToArray() : throw new InvalidOperationException("The session was erased.");
    }

    public static JsonElement Json(this Session session) => JsonSerializer.Deserialize<JsonElement>(session.Bytes());
}
