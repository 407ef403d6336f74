using Amazon.Runtime;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Turns a failure of STS into a CredentialException.</summary>
/// <remarks>
/// Decides by code and status, since the SDK does not set <c>Retryable</c>. Only the operator sees STS's text, because it may
/// echo secrets that siblings must not see.
/// </remarks>
internal static class StsFailures
{
    public static CredentialException From(Exception exception, StsAttempt attempt)
    {
        var service = exception as AmazonServiceException;
        var isOwn = service is null
            && attempt.Sending.Target is null
            && exception is not (OperationCanceledException or Polly.Timeout.TimeoutRejectedException);
        var failure = isOwn ? CredentialFailure.InvalidHop : Classify(service?.ErrorCode, (int?)service?.StatusCode);
        var given = service?.ErrorCode is { Length: > 0 and <= 64 } text && text.All(char.IsAsciiLetterOrDigit) ? text : null;
        var code = OutsideName.Code(given);
        var unreachable = service is null || given is null ? Unreachable.From(exception, attempt.Sending) : null;
        var isBroken = service is null && attempt.Sending.Status is not null && exception is not Polly.Timeout.TimeoutRejectedException;
        var why = unreachable is null ? ""
            : isBroken ? $"another server answered {attempt.Sending.Status} instead of STS: {Broken(exception, unreachable)}"
            : $"STS could not be reached: {unreachable.Why}";

        var what = failure switch
        {
            _ when isOwn => "the AWS SDK cannot make this call with the current configuration",
            CredentialFailure.Denied => "STS does not allow it",
            CredentialFailure.Throttled => "STS asks to be called less often",
            CredentialFailure.SignerRejected =>
                $"STS did not accept the credentials that signed the call ({code ?? OutsideName.UnknownCode})",
            CredentialFailure.InvalidHop => $"STS refused its input ({code ?? OutsideName.UnknownCode})",
            _ when given is not null => $"STS failed with {(int)service!.StatusCode} {code ?? OutsideName.UnknownCode}",
            _ when (int?)service?.StatusCode is >= 100 and var status => $"STS answered {status}, but not in the form of an STS answer",
            _ => why,
        };

        return new CredentialException(failure, $"Cannot assume {attempt.Hop.Role} ({attempt.Label}): {what.TrimEnd('.')}.", exception)
        {
            MayPassAtOnce = failure is CredentialFailure.Throttled or CredentialFailure.StsUnavailable,
            RequestId = OutsideName.RequestId(service?.RequestId, attempt.Mask),
            Outage = service is null && failure == CredentialFailure.StsUnavailable ? new Outage(attempt.Hop.Region, unreachable!.Why)
                : failure == CredentialFailure.Throttled ? new Outage(attempt.Hop.Region, "STS asks to be called less often")
                : null,
            Said = isOwn ? Labelled("The SDK says", Innermost(exception).Message, attempt)
                : given is not null ? Labelled("STS said", code is null ? $"{given}: {service!.Message}" : service!.Message, attempt)
                : OutsideText.Shown(unreachable?.Said, attempt.Mask),
            Advice = isOwn ? "Correct the AWS_ variables and the AWS configuration file in the sidecar's container. Retries do not help."
                : HopAdvice.For(failure, code, attempt, Masked(service?.Message, attempt))
                    ?? (isBroken ? Unreachable.NoSts(attempt.Sending)
                        : service is null ? unreachable?.Advice
                        : given is null ? Unreachable.NoSts(attempt.Sending)
                        : null),
        };
    }

    // The SDK throws a different exception type for each kind of broken XML.
    private static string Broken(Exception e, Unreachable unreachable) =>
        unreachable.Why == e.GetType().Name ? "its XML cannot be read" : unreachable.Why;

    // The advice repeats the caller that STS names, so mask secrets before parsing the text.
    private static string? Masked(string? text, StsAttempt attempt) =>
        text is null ? null : attempt.Mask.Apply(text.Length > Denial.Longest ? text[..Denial.Longest] : text);

    private static string? Labelled(string who, string? text, StsAttempt attempt) =>
        OutsideText.Shown(text, attempt.Mask) is { } shown ? $"{who}: {shown}" : null;

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    /// <param name="code">STS's error code; null or empty if the answer has none.</param>
    /// <param name="status">The HTTP status; null without an answer.</param>
    public static CredentialFailure Classify(string? code, int? status) => code switch
    {
        "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" => CredentialFailure.Denied,

        // New credentials of the source or of the previous hop may succeed.
        "ExpiredToken" or "ExpiredTokenException" or "InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidAccessKeyId"
            or "SignatureDoesNotMatch" or "RequestExpired" or "MissingAuthenticationToken" or "IncompleteSignature" or "InvalidToken"
            => CredentialFailure.SignerRejected,

        "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestLimitExceeded" or "TooManyRequestsException"
            or "RequestThrottled" or "RequestThrottledException" or "LimitExceededException" or "SlowDown" => CredentialFailure.Throttled,

        _ when status == 429 => CredentialFailure.Throttled,
        { Length: > 0 } when status is >= 400 and < 500 && code.All(char.IsAsciiLetterOrDigit) => CredentialFailure.InvalidHop,

        // An outage, a proxy's HTML page, or no answer: not a configuration problem.
        _ => CredentialFailure.StsUnavailable,
    };
}
