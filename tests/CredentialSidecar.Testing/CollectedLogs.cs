using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CredentialSidecar.Testing;

/// <summary>Keeps every log line, as an operator would read it.</summary>
internal sealed class CollectedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<Line> _lines = new();

    public sealed record Line(LogLevel Level, EventId Event, string Text, Exception? Exception);

    public IReadOnlyList<Line> Lines => [.. _lines];

    /// <summary>For a class that is made without an app around it.</summary>
    public ILogger<T> For<T>() => Factory().CreateLogger<T>();

    public ILoggerFactory Factory() => LoggerFactory.Create(logging => logging.AddProvider(this).SetMinimumLevel(LogLevel.Trace));

    public ILogger CreateLogger(string categoryName) => new Logger(_lines);

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<Line> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new Line(logLevel, eventId, formatter(state, exception), exception));
    }
}
