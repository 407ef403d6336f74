using Amazon.Runtime;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>What STS answers, in the domain's terms.</summary>
/// <remarks>
/// By code and status, since the SDK leaves its own <c>Retryable</c> empty. STS's text is passed on only where it says
/// what to change; the text of an AccessDenied names neither side's fault.
/// </remarks>
internal static class StsFailures
{
    public static CredentialException From(Exception exception, Hop hop, NodeLabel label, TimeSpan skew)
    {
        var service = exception as AmazonServiceException;
        var failure = Classify(service);
        var code = service?.ErrorCode is { Length: > 0 and <= 64 } given && given.All(char.IsAsciiLetterOrDigit) ? given : null;

        var what = failure switch
        {
            CredentialFailure.Denied => "STS does not allow it",
            CredentialFailure.Throttled => "STS asks to be called less often",
            CredentialFailure.SignerRejected => $"STS did not accept the credentials that signed the call ({code})",
            CredentialFailure.InvalidHop => $"STS refused its input ({code}): {service!.Message.ReplaceLineEndings(" ")}",
            _ when code is not null => $"STS failed with {(int)service!.StatusCode} {code}",
            _ when (int?)service?.StatusCode is >= 100 and var status => $"STS answered {status} with something that is no STS answer",
            _ => $"STS could not be reached: {Resilience.Reason(exception)}",
        };

        return new CredentialException(failure, $"Cannot assume {hop.Role} ({label}): {what.TrimEnd('.')}.", exception)
        {
            MayPassAtOnce = failure is CredentialFailure.Throttled or CredentialFailure.StsUnavailable,
            RequestId = service?.RequestId,
            Advice = HopAdvice.For(failure, code, hop, skew),
        };
    }

    private static CredentialFailure Classify(AmazonServiceException? e) => e?.ErrorCode switch
    {
        "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" => CredentialFailure.Denied,

        // New credentials of the source or of the hop before may do better.
        "ExpiredToken" or "ExpiredTokenException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidAccessKeyId"
            or "SignatureDoesNotMatch" or "RequestExpired" or "MissingAuthenticationToken" or "IncompleteSignature" or "InvalidToken"
            => CredentialFailure.SignerRejected,

        "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestLimitExceeded" or "TooManyRequestsException"
            or "RequestThrottled" or "RequestThrottledException" or "LimitExceededException" or "SlowDown" => CredentialFailure.Throttled,

        _ when (int?)e?.StatusCode == 429 => CredentialFailure.Throttled,
        { Length: > 0 } when (int)e.StatusCode is >= 400 and < 500 && e.ErrorCode.All(char.IsAsciiLetterOrDigit) => CredentialFailure.InvalidHop,

        // An outage, a proxy's HTML page, or no answer at all: the configuration is not to blame.
        _ => CredentialFailure.StsUnavailable,
    };
}
