using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

internal sealed partial class FailureLog
{
    private static partial class Log
    {
#pragma warning disable SYSLIB1015 // RetryIn is a number in the JSON fields; the sentence has it in words.
        [LoggerMessage(EventIds.RenewalFailed, LogLevel.Warning,
            "Renewing {Destination} failed ({Failure}, attempt {Attempt}): {Reason} Next try {When}; "
            + "the present {Sessions} served until {Expiration}.{Hint}")]
        public static partial void RenewalFailed(
            ILogger logger, string destination, CredentialFailure failure, int attempt, string reason,
            string when, double retryIn, string sessions, string expiration, string hint, Exception? fault);

        [LoggerMessage(EventIds.NoSession, LogLevel.Error,
            "{Destination} {Have} no live session ({Failure}, attempt {Attempt}): {Reason} Next try {When}; "
            + "siblings are refused until then.{Hint}")]
        public static partial void NoSession(
            ILogger logger, string destination, string have, CredentialFailure failure, int attempt, string reason,
            string when, double retryIn, string hint, Exception? fault);

        [LoggerMessage(EventIds.SourceStarting, LogLevel.Information,
            "{Destination} must wait, because the source has just started: {Reason} Next try {When}.")]
        public static partial void SourceStarting(ILogger logger, string destination, string reason, string when, double retryIn);
#pragma warning restore SYSLIB1015
    }
}
