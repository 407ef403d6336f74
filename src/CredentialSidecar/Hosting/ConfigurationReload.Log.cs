using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Hosting;

internal sealed partial class ConfigurationReload
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.ConfigurationWarning, LogLevel.Warning, "{Key} {Text}.")]
        public static partial void Warning(ILogger logger, string key, string text);

        [LoggerMessage(EventIds.ReloadFailed, LogLevel.Error,
            "The sidecar had an internal error while it loaded the configuration again, so it still serves the former one. Report this.")]
        public static partial void Failed(ILogger logger, Exception e);

        [LoggerMessage(EventIds.Reloaded, LogLevel.Information, "{Summary}.")]
        public static partial void Reloaded(ILogger logger, string summary);

        [LoggerMessage(EventIds.ReloadUnchanged, LogLevel.Information, "{Summary}.")]
        public static partial void Unchanged(ILogger logger, string summary);

        [LoggerMessage(EventIds.ReloadRejected, LogLevel.Error,
            "The new configuration has a mistake, so the sidecar still serves the former one: {Key} {Text}.")]
        public static partial void Rejected(ILogger logger, string key, string text);
    }
}
