using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CredentialSidecar.Telemetry;

/// <summary>A log event as one JSON object.</summary>
internal static class JsonLine
{
    private const string Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // Keep quotes, plus signs and letters of any language readable; escape control characters.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(
        DateTimeOffset time, LogLevel level, int id, string category, string message, IReadOnlyList<KeyValuePair<string, object?>> fields,
        Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);

        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("Timestamp"u8, time.UtcDateTime.ToString(Milliseconds, CultureInfo.InvariantCulture));
            json.WriteNumber("EventId"u8, id);
            json.WriteString("LogLevel"u8, level.ToString());
            json.WriteString("Category"u8, category);
            json.WriteString("Message"u8, message);

            if (exception is not null)
            {
                json.WriteString("Exception"u8, exception.ToString());
            }

            json.WriteStartObject("State"u8);

            foreach (var (name, value) in fields)
            {
                // The message already contains everything in the template.
                if (value is not null && name != "{OriginalFormat}")
                {
                    Write(json, name, value);
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case byte or short or ushort or int or uint or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double or float:
                json.WriteNumber(name, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                json.WriteString(name, time.UtcDateTime.ToString(LineFormatter.Seconds, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
