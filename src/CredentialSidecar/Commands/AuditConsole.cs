using CredentialSidecar.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CredentialSidecar.Commands;

/// <summary>Writes the audit to standard output on the thread that logs it, which waits for the reader.</summary>
/// <remarks>The console's own provider drops lines of everybody while its reader is slow. Both write through <see cref="Console.Out"/>, a line at a time.</remarks>
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

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> text)
        {
            using var line = new StringWriter();
            formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, text), null, line);
            Console.Out.Write(line.ToString());
        }
    }
}
