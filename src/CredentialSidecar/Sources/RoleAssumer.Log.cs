using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Sources;

internal sealed partial class RoleAssumer
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.ClockSkewed, LogLevel.Warning,
            "This clock differs from that of STS by {Seconds} s: it is {Way} that of STS. "
            + "The SDK corrects its signatures, so calls still work. "
            + "Correct the clock of the host.")]
        public static partial void ClockSkewed(ILogger logger, double seconds, string way);

        [LoggerMessage(EventIds.PolicyNearlyFull, LogLevel.Warning,
            "The session token of {Role} uses {Percent} % of the size that STS allows for tags and policies. Above 100 % the hop fails.")]
        public static partial void PolicyNearlyFull(ILogger logger, string role, int percent);

        [LoggerMessage(EventIds.DurationShortened, LogLevel.Warning,
            "The sidecar requests 3600 s for {Role} ({Hop}) instead of the configured {Seconds} s: {Reason}. This is logged once.")]
        public static partial void DurationShortened(ILogger logger, string role, NodeLabel hop, int seconds, string reason);

        [LoggerMessage(EventIds.ExpirationCapped, LogLevel.Warning,
            "STS returned a session of {Role} that ends at {Given:yyyy-MM-ddTHH:mm:ssZ}, later than requested. "
            + "The sidecar uses it until {Taken:yyyy-MM-ddTHH:mm:ssZ}.")]
        public static partial void ExpirationCapped(ILogger logger, string role, DateTimeOffset given, DateTimeOffset taken);
    }
}
