using CredentialSidecar.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredentialSidecar.Commands;

/// <summary>Writes audit lines to standard output on the logging thread, which waits for a slow reader.</summary>
/// <remarks>
/// The normal console provider drops lines while the reader is slow. Both write whole lines through <see cref="Console.Out"/>.
/// </remarks>
internal sealed class AuditConsole(LineFormat format) : ILoggerProvider
{
    private readonly LineFormatter _formatter = new(format);

    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, _formatter);

    public void Dispose()
    {
    }

    private sealed class Lines(string category, LineFormatter formatter) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> text)
        {
            using var line = new StringWriter();
            formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, text), null, line);
            Console.Out.Write(line.ToString());
        }
    }
}
