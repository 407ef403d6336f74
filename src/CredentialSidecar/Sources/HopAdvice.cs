using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The advice for the operator when a hop fails.</summary>
internal static class HopAdvice
{
    /// <param name="isConfigured">Whether the hop is one of the configuration; otherwise only its role is known.</param>
    public static string? For(
        CredentialFailure failure, string? code, StsAttempt attempt, string? said, bool isConfigured = true) => (failure, code) switch
    {
        (CredentialFailure.Denied, _) =>
            DenialAdvice.For(attempt.Hop, attempt.Signer.RoleArn, attempt.Label.Hop, said, isConfigured),
        (CredentialFailure.SignerRejected, "SignatureDoesNotMatch" or "RequestExpired" or "IncompleteSignature") => Signature(attempt),
        (CredentialFailure.SignerRejected, "ExpiredToken" or "ExpiredTokenException") => Expired(attempt.Signer),
        (CredentialFailure.SignerRejected,
            "InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidAccessKeyId" or "InvalidToken") => Unknown(attempt),
        (CredentialFailure.InvalidHop, "PackedPolicyTooLarge") =>
            "Policy, PolicyArns and Tags together, the inherited transitive tags included, are too large when packed: shorten them.",
        (CredentialFailure.InvalidHop, "RegionDisabledException" or "RegionDisabled") =>
            $"Activate STS for {attempt.Hop.Region} in the caller's account (IAM, account settings), or set another Region.",
        (CredentialFailure.InvalidHop, "ValidationError" or "MalformedPolicyDocument") =>
            "Correct the hop's settings in the sidecar's configuration. The text from STS names the field.",
        (CredentialFailure.Throttled, _) =>
            "The sidecar reduces its call rate. If this continues, look in CloudTrail for other frequent callers of sts:AssumeRole in "
            + $"{attempt.Hop.Region}: the limit applies to the whole account.",
        (CredentialFailure.StsUnavailable, not null) =>
            $"STS in {attempt.Hop.Region} has a problem, and the sidecar keeps retrying. If this continues, see the AWS Health Dashboard.",
        _ => null,
    };

    private static string Signature(StsAttempt attempt) => ClockText.For(attempt.Skew)
        ?? $"The clock is correct. Check that AWS_ENDPOINT_URL_STS and Region ({attempt.Hop.Region}) match, "
            + "that the secret key belongs to the access key, and that no proxy changes the requests.";

    private static string Expired(TemporaryCredentials signer) => signer.Variables is { } variables
        ? $"The credentials in {variables} have expired and are not renewed. "
            + "Set new ones and restart the sidecar, or use a source that renews its credentials."
        : "The next attempt signs with new credentials. If that does not help, check the clock and the source.";

    private static string Unknown(StsAttempt attempt) =>
        $"STS in {attempt.Hop.Region} does not know the access key. "
        + $"If {attempt.Hop.Region} is an opt-in region, enable it for the account of {attempt.Signer.RoleArn ?? "the caller"} "
        + "(Account settings, AWS Regions), or set another Region. "
        + "STS also rejects deleted keys and keys of another partition (China, GovCloud)"
        + (attempt.Signer.Variables is { } variables ? $"; these come from {variables}." : ".");
}

/// <summary>One <c>sts:AssumeRole</c> call, with the facts for its error message.</summary>
/// <param name="Sending">What was sent, and to which address.</param>
/// <param name="Skew">How far STS's clock is ahead of the local clock.</param>
internal sealed record StsAttempt(Hop Hop, NodeLabel Label, TemporaryCredentials Signer, Sending Sending, TimeSpan Skew, SecretMask Mask);

/// <summary>The advice for a wrong clock, given only for more than two minutes.</summary>
internal static class ClockText
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(2);

    public static bool IsWrong(TimeSpan skew) => skew.Duration() > Tolerated;

    public static string? For(TimeSpan skew) => !IsWrong(skew) ? null
        : $"This clock is {Math.Abs(skew.TotalSeconds):0} s {Way(skew)} that of STS. "
            + "The SDK corrects its next signatures by this difference. Correct the clock of the host.";

    public static string Way(TimeSpan skew) => skew > TimeSpan.Zero ? "behind" : "ahead of";
}
