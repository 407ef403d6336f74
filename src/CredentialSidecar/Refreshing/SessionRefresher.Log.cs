using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

internal sealed partial class SessionRefresher
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.Renewed, LogLevel.Information,
            "Renewed {Destination} as {AccessKeyId} of {Role}, valid until {Expiration:yyyy-MM-ddTHH:mm:ssZ}, next renewal at {RenewAt:yyyy-MM-ddTHH:mm:ssZ}.")]
        public static partial void Renewed(
            ILogger logger, string destination, string role, string accessKeyId, DateTimeOffset expiration, DateTimeOffset renewAt);

        [LoggerMessage(EventIds.RenewalFailed, LogLevel.Warning,
            "Renewing {Destination} failed ({Failure}, attempt {Attempt}): {Reason} STS request id {RequestId}. Next try in {RetryIn} s; "
            + "the present session is served until {Expiration:yyyy-MM-ddTHH:mm:ssZ}. {Advice}")]
        public static partial void RenewalFailed(
            ILogger logger, string destination, CredentialFailure failure, int attempt, string reason, string? requestId,
            double retryIn, DateTimeOffset expiration, string? advice, Exception? fault);

        [LoggerMessage(EventIds.NoSession, LogLevel.Error,
            "{Destination} has no live session ({Failure}, attempt {Attempt}): {Reason} STS request id {RequestId}. Next try in {RetryIn} s; "
            + "siblings are refused until then. {Advice}")]
        public static partial void NoSession(
            ILogger logger, string destination, CredentialFailure failure, int attempt, string reason, string? requestId,
            double retryIn, string? advice, Exception? fault);

        [LoggerMessage(EventIds.Ready, LogLevel.Information, "All {Destinations} required destinations were ready, over {Nodes} hops.")]
        public static partial void Ready(ILogger logger, int destinations, int nodes);
    }
}
