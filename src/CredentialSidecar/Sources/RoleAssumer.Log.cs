using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Sources;

internal sealed partial class RoleAssumer
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.ClockSkewed, LogLevel.Warning,
            "This clock differs from that of STS by {Seconds} s: it is {Way} it. The SDK corrects its signatures by that, so calls go on; set the clock of the host right.")]
        public static partial void ClockSkewed(ILogger logger, double seconds, string way);

        [LoggerMessage(EventIds.PolicyNearlyFull, LogLevel.Warning,
            "The session token of {Role} used {Percent} % of what STS allows for tags and policies. At 100 % the hop fails.")]
        public static partial void PolicyNearlyFull(ILogger logger, string role, int percent);

        [LoggerMessage(EventIds.DurationShortened, LogLevel.Warning,
            "{Role} ({Hop}) was asked for with 3600 s instead of the configured {Seconds} s: {Reason}. This is logged once.")]
        public static partial void DurationShortened(ILogger logger, string role, NodeLabel hop, int seconds, string reason);

        [LoggerMessage(EventIds.ExpirationCapped, LogLevel.Warning,
            "The session of {Role} was said to last until {Given:yyyy-MM-ddTHH:mm:ssZ}, longer than was asked for; it is taken to last until {Taken:yyyy-MM-ddTHH:mm:ssZ}.")]
        public static partial void ExpirationCapped(ILogger logger, string role, DateTimeOffset given, DateTimeOffset taken);
    }
}
