using System.Text.Encodings.Web;
using System.Text.Json;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>JSON for people: keeps quotes, plus signs and letters of any language readable, and escapes control characters.</summary>
internal static class ReadableJson
{
    public static JsonSerializerOptions Of(JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
