using System.Text.Encodings.Web;
using System.Text.Json;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>JSON that people read: quotes, plus signs and letters of any language stay as they are, control characters are escaped.</summary>
internal static class ReadableJson
{
    public static JsonSerializerOptions Of(JsonSerializerOptions options) => new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
