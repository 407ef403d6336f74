using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CredentialSidecar.Telemetry;

/// <summary>Writes a log event as one line: JSON for a log driver, text for a person.</summary>
internal sealed class LineFormatter(LineFormat format) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    /// <summary>ISO 8601 in UTC, to the second.</summary>
    public const string Seconds = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private const string Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Ours alone, which every category would begin with.</summary>
    private const string Prefix = "CredentialSidecar.";

    // Quotes, plus signs and letters of any language stay readable; control characters are escaped still.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var record = logEntry.State as LogRecord;
        var message = logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) ?? "";
        var time = record?.Time ?? format.Clock.GetUtcNow();
        var category = logEntry.Category.StartsWith(Prefix, StringComparison.Ordinal) ? logEntry.Category[Prefix.Length..] : logEntry.Category;

        textWriter.Write(format.IsJson
            ? Json(time, logEntry.LogLevel, logEntry.EventId.Id, category, record?.Title ?? message, logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [], logEntry.Exception)
            : Text(time, logEntry.LogLevel, logEntry.EventId.Id, category, message, logEntry.Exception));
        textWriter.Write('\n');
    }

    private static string Json(
        DateTimeOffset time, LogLevel level, int id, string category, string message, IReadOnlyList<KeyValuePair<string, object?>> fields, Exception? exception)
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
                // The template adds nothing to the message made from it.
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
                json.WriteString(name, time.UtcDateTime.ToString(Seconds, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private string Text(DateTimeOffset time, LogLevel level, int id, string category, string message, Exception? exception)
    {
        var (name, color) = level switch
        {
            LogLevel.Trace => ("trace", ""),
            LogLevel.Debug => ("debug", ""),
            LogLevel.Information => ("info", "\e[32m"),
            LogLevel.Warning => ("warn", "\e[33m"),
            _ => ("error", "\e[31m"),
        };

        var shown = format.IsColored && color.Length > 0 ? $"{color}{name}\e[0m" : name;
        var text = exception is null ? message : $"{message} {exception}";
        return $"{time.UtcDateTime.ToString(Seconds, CultureInfo.InvariantCulture)} {shown} {category}[{id}] {text.ReplaceLineEndings(" ")}";
    }
}
