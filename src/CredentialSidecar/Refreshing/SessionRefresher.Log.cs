using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

internal sealed partial class SessionRefresher
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.Renewed, LogLevel.Information,
            "Renewed {Destination} as {AccessKeyId} of {Role}, valid until {Expiration}, next renewal at {RenewAt}.")]
        public static partial void Renewed(
            ILogger logger, string destination, string role, string accessKeyId, string expiration, string renewAt);

        [LoggerMessage(EventIds.RenewalFailed, LogLevel.Warning,
            "Renewing {Destination} failed ({Failure}, attempt {Attempt}): {Reason} Next try in {RetryIn} s; "
            + "the present session is served until {Expiration}.{Hint}")]
        public static partial void RenewalFailed(
            ILogger logger, string destination, CredentialFailure failure, int attempt, string reason,
            double retryIn, string expiration, string hint, Exception? fault);

        [LoggerMessage(EventIds.NoSession, LogLevel.Error,
            "{Destination} has no live session ({Failure}, attempt {Attempt}): {Reason} Next try in {RetryIn} s; "
            + "siblings are refused until then.{Hint}")]
        public static partial void NoSession(
            ILogger logger, string destination, CredentialFailure failure, int attempt, string reason,
            double retryIn, string hint, Exception? fault);

        [LoggerMessage(EventIds.BodyTooLarge, LogLevel.Error,
            "The answer for {Destination} has {Bytes} bytes, more than {Limit}: the CRT and what is built on it cannot read it. Shorten the tags and policies of its hops.")]
        public static partial void BodyTooLarge(ILogger logger, string destination, int bytes, int limit);

        [LoggerMessage(EventIds.Ready, LogLevel.Information, "Ready: every required destination had its first session ({Destinations} of them, {Nodes} hops in all).")]
        public static partial void Ready(ILogger logger, int destinations, int nodes);
    }
}
