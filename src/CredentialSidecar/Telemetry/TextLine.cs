using System.Globalization;

namespace CredentialSidecar.Telemetry;

/// <summary>A log event as one line for a person.</summary>
internal static class TextLine
{
    public static string Of(bool isColored, DateTimeOffset time, LogLevel level, int id, string category, string message,
        Exception? exception)
    {
        var (name, color) = level switch
        {
            LogLevel.Trace => ("trace", ""),
            LogLevel.Debug => ("debug", ""),
            LogLevel.Information => ("info", "\e[32m"),
            LogLevel.Warning => ("warn", "\e[33m"),
            _ => ("error", "\e[31m"),
        };

        var shown = isColored && color.Length > 0 ? $"{color}{name}\e[0m" : name;
        var text = (exception is null ? message : $"{message} {exception}")
            .Replace("\r\n", " ", StringComparison.Ordinal)
            .Replace('\n', ' ');
        var seconds = time.UtcDateTime.ToString(LineFormatter.Seconds, CultureInfo.InvariantCulture);
        return $"{seconds} {shown} {category}[{id}] {PlainText.Of(text)}";
    }
}
