using CredentialSidecar.Access;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Telemetry;
using Microsoft.Extensions.Logging.Console;

namespace CredentialSidecar.Commands;

/// <summary>One line of text for a person at a terminal, one JSON object a line for a container's log driver.</summary>
internal static class LoggingSetup
{
    public static ILoggingBuilder AddSidecarLogging(this ILoggingBuilder logging, LoggingOptions options)
    {
        var json = options.Format == LogFormat.Json || (options.Format == LogFormat.Auto && Console.IsOutputRedirected);

        // The framework's own lines matter only where something is wrong; its per-request ones hold paths and headers.
        logging
            .SetMinimumLevel(options.Level)
            .AddFilter("Microsoft", options.Level > LogLevel.Warning ? options.Level : LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical) // It would show a taken port as a stack trace.
            .AddFilter("Yarp", LogLevel.None) // It would show the paths it forwards, which may be as good as a password.
            .AddFilter("System", options.Level > LogLevel.Warning ? options.Level : LogLevel.Warning);

        // Whether it is written at all is its own setting.
        logging.AddFilter(AuditTrail.Category, LogLevel.Information);

        // A reader of our output that stops reading must not stop us; the console says how many lines it dropped.
        logging.Services.AddSingleton(new LineFormat(json, !json && !Console.IsOutputRedirected, TimeProvider.System));
        logging.AddConsole(console => (console.QueueFullMode, console.FormatterName) = (ConsoleLoggerQueueFullMode.DropWrite, LineFormatter.FormatterName));
        logging.Services.AddSingleton<ConsoleFormatter, LineFormatter>();

        // The audit waits for the reader instead, in a queue that is shared fairly.
        logging.AddFilter<ConsoleLoggerProvider>(AuditTrail.Category, LogLevel.None);
        logging.Services.AddSingleton<ILoggerProvider, AuditConsole>();
        return logging.AddFilter<AuditConsole>(null, LogLevel.None).AddFilter<AuditConsole>(AuditTrail.Category, LogLevel.Information);
    }
}
