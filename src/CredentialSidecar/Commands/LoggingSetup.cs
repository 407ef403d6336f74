using CredentialSidecar.Access;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Hosting;
using CredentialSidecar.Telemetry;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace CredentialSidecar.Commands;

/// <summary>Logs lines of text to a terminal, and one JSON object per line to a container's log driver.</summary>
internal static class LoggingSetup
{
    public static ILoggingBuilder AddSidecarLogging(this ILoggingBuilder logging, LoggingSettings settings)
    {
        var json = settings.Format == LogFormat.Json || (settings.Format == LogFormat.Auto && Console.IsOutputRedirected);

        var level = new LogLevelSwitch(settings.Level);
        logging.Services
            .AddSingleton(level)
            .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(level)
            .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(level);

        // A blocked reader must not block the sidecar; the console logs how many lines it dropped.
        logging.Services.AddSingleton(new LineFormat(json, !json && !Console.IsOutputRedirected, TimeProvider.System));
        logging.AddConsole(console =>
            (console.QueueFullMode, console.FormatterName) = (ConsoleLoggerQueueFullMode.DropWrite, LineFormatter.FormatterName));
        logging.Services.AddSingleton<ConsoleFormatter, LineFormatter>();

        // The audit waits for the reader instead, in a queue that clients share fairly.
        logging.AddFilter<ConsoleLoggerProvider>(AuditTrail.Category, LogLevel.None);
        logging.Services.AddSingleton<ILoggerProvider, AuditConsole>();
        return logging.AddFilter<AuditConsole>(null, LogLevel.None).AddFilter<AuditConsole>(AuditTrail.Category, LogLevel.Information);
    }
}
