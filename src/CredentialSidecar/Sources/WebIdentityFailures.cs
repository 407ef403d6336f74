using Amazon.Runtime;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>One <c>sts:AssumeRoleWithWebIdentity</c>, with the facts for its error message.</summary>
/// <param name="Skew">How far STS's clock is ahead of the local clock.</param>
internal sealed record WebIdentityAttempt(
    WebIdentitySettings Settings, WebIdentityToken Token, Sending Sending, DateTimeOffset Now, TimeSpan Skew, SecretMask Mask);

/// <summary>Explains why STS gave no session for a web identity token.</summary>
internal static class WebIdentityFailures
{
    public static string What(WebIdentitySettings settings) =>
        $"The web identity token could not be exchanged for a session of {settings.Role}";

    public static CredentialException From(Exception exception, WebIdentityAttempt attempt) =>
        exception is AmazonServiceException { ErrorCode: { Length: > 0 and <= 64 } code } service && code.All(char.IsAsciiLetterOrDigit)
            ? Answered(service, attempt)
            : Unanswered(exception, attempt);

    private static CredentialException Answered(AmazonServiceException service, WebIdentityAttempt attempt)
    {
        var code = OutsideName.Code(service.ErrorCode);
        var failure = StsFailures.Classify(service.ErrorCode, (int)service.StatusCode);
        var (what, advice) = (code, failure) switch
        {
            ("InvalidIdentityToken", _) => ("STS does not accept the token (InvalidIdentityToken)", WebIdentityAdvice.Provider(attempt)),
            ("ExpiredTokenException" or "ExpiredToken", _) => (Expired(attempt), WebIdentityAdvice.Expired(attempt)),
            ("IDPRejectedClaim", _) => ("the identity provider rejected the token (IDPRejectedClaim)", WebIdentityAdvice.Rejected),
            ("IDPCommunicationError", _) =>
                ("STS could not reach the identity provider (IDPCommunicationError)", WebIdentityAdvice.Discovery(attempt)),
            (_, CredentialFailure.Denied) => ("STS does not allow it", WebIdentityAdvice.Trust(attempt)),
            (_, CredentialFailure.Throttled) => ("STS asks to be called less often", "The sidecar keeps retrying."),
            ("RegionDisabledException" or "RegionDisabled", _) => ($"STS refused its input ({code})",
                $"Activate STS for {attempt.Settings.Region} in account {attempt.Settings.Role.AccountId} (IAM, account settings), "
                + "or set another Region."),
            (_, CredentialFailure.StsUnavailable) => ($"STS failed with {(int)service.StatusCode} {code ?? OutsideName.UnknownCode}",
                $"STS in {attempt.Settings.Region} has a problem, and the sidecar keeps retrying."),
            _ => ($"STS refused its input ({code ?? OutsideName.UnknownCode})",
                "Correct AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME, or the settings of Source that replace them. "
                + "The text from STS names the field."),
        };
        var mayPass = code == "IDPCommunicationError" || failure is CredentialFailure.Throttled or CredentialFailure.StsUnavailable;

        var text = code is null ? $"{service.ErrorCode}: {service.Message}" : service.Message;

        // The kubelet replaces an expired token, so that one passes by itself too.
        var isOutage = mayPass || code is "ExpiredTokenException" or "ExpiredToken";
        return new CredentialException(isOutage ? CredentialFailure.SourceUnavailable : CredentialFailure.SourceRefused,
            $"{What(attempt.Settings)}: {what}.", service)
        {
            MayPassAtOnce = mayPass,
            RequestId = OutsideName.RequestId(service.RequestId, attempt.Mask),
            Said = OutsideText.Shown(text, attempt.Mask) is { } said ? $"STS said: {said}" : null,
            Advice = advice,
        };
    }

    private static CredentialException Unanswered(Exception exception, WebIdentityAttempt attempt)
    {
        var unreachable = Unreachable.From(exception, attempt.Sending);
        var isLate = exception is OperationCanceledException or Polly.Timeout.TimeoutRejectedException;
        var isOwn = attempt.Sending.Target is null && !isLate;
        var isBroken = attempt.Sending.Status is not null && !isLate;
        var what = isOwn ? "the AWS SDK cannot make this call with the current configuration"
            : isBroken ? $"another server answered {attempt.Sending.Status} instead of STS"
            : $"STS could not be reached: {unreachable.Why.TrimEnd('.')}";

        return new CredentialException(CredentialFailure.SourceUnavailable, $"{What(attempt.Settings)}: {what}.", exception)
        {
            MayPassAtOnce = !isOwn,
            Said = OutsideText.Shown(isOwn ? exception.Message : unreachable.Said, attempt.Mask),
            Advice = isOwn ? "Correct the AWS_ variables and the AWS configuration file in the sidecar's container."
                : isBroken ? Unreachable.NoSts(attempt.Sending)
                : unreachable.Advice,
        };
    }

    private static string Expired(WebIdentityAttempt attempt) => attempt.Token.Expiration is { } end
        ? $"the token has expired, at {end:yyyy-MM-ddTHH:mm:ssZ}; this clock shows {attempt.Now:yyyy-MM-ddTHH:mm:ssZ}"
        : "the token has expired";
}
