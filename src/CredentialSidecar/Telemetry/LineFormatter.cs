using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CredentialSidecar.Telemetry;

/// <summary>Writes a log event as one line: JSON for a log driver, text for a person.</summary>
internal sealed class LineFormatter(LineFormat format) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    /// <summary>ISO 8601 in UTC, to the second.</summary>
    public const string Seconds = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The common prefix of the sidecar's categories, which is removed.</summary>
    private const string Prefix = "CredentialSidecar.";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var record = logEntry.State as LogRecord;
        var message = logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) ?? "";
        var time = record?.Time ?? format.Clock.GetUtcNow();
        var category = logEntry.Category.StartsWith(Prefix, StringComparison.Ordinal)
            ? logEntry.Category[Prefix.Length..]
            : logEntry.Category;

        textWriter.Write(format.IsJson
            ? JsonLine.Of(time, logEntry.LogLevel, logEntry.EventId.Id, category, record?.Title ?? message,
                logEntry.State as IReadOnlyList<KeyValuePair<string, object?>> ?? [], logEntry.Exception)
            : TextLine.Of(format.IsColored, time, logEntry.LogLevel, logEntry.EventId.Id, category, message, logEntry.Exception));
        textWriter.Write('\n');
    }
}
