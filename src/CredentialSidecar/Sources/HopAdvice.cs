using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>What an operator should do when a hop fails.</summary>
internal static class HopAdvice
{
    public static string? For(CredentialFailure failure, string? code, StsAttempt attempt, string? said) => (failure, code) switch
    {
        (CredentialFailure.Denied, _) => DenialAdvice.For(attempt.Hop, attempt.Signer.RoleArn, attempt.Label.Hop, said),
        (CredentialFailure.SignerRejected, "SignatureDoesNotMatch" or "RequestExpired" or "IncompleteSignature") => Signature(attempt),
        (CredentialFailure.SignerRejected, "ExpiredToken" or "ExpiredTokenException") => Expired(attempt.Signer),
        (CredentialFailure.SignerRejected, "InvalidClientTokenId" or "UnrecognizedClientException" or "InvalidAccessKeyId" or "InvalidToken") => Unknown(attempt),
        (CredentialFailure.InvalidHop, "PackedPolicyTooLarge") =>
            "Policy, PolicyArns and Tags together, the inherited transitive tags included, are too large when packed: shorten them.",
        (CredentialFailure.InvalidHop, "RegionDisabledException" or "RegionDisabled") =>
            $"Activate STS for {attempt.Hop.Region} in the account of the caller (IAM, account settings), or set another Region.",
        (CredentialFailure.InvalidHop, "ValidationError" or "MalformedPolicyDocument") =>
            "Correct the hop's settings in the sidecar's configuration; STS's own words name the field.",
        (CredentialFailure.Throttled, _) =>
            $"The sidecar slows down by itself. If this goes on, look in CloudTrail for who else calls sts:AssumeRole often in {attempt.Hop.Region}: the rate is the account's.",
        (CredentialFailure.StsUnavailable, not null) =>
            $"The fault is on the side of STS in {attempt.Hop.Region}, and the sidecar goes on trying. If it lasts, see the AWS Health Dashboard.",
        _ => null,
    };

    private static string Signature(StsAttempt attempt) => ClockText.For(attempt.Skew)
        ?? $"The clock is right. Check that AWS_ENDPOINT_URL_STS and Region ({attempt.Hop.Region}) belong together, that the secret key belongs to the access key, "
            + "and that no proxy on the way changes requests.";

    private static string Expired(TemporaryCredentials signer) => signer.Variables is { } variables
        ? $"The credentials in {variables} have expired, and nothing renews them: set new ones and restart the sidecar, or use a source that renews itself."
        : "The next attempt signs with new credentials. If that does not help, look at the clock and at the source.";

    private static string Unknown(StsAttempt attempt) =>
        $"STS in {attempt.Hop.Region} does not know the access key. If {attempt.Hop.Region} is an opt-in region, enable it for the account of {attempt.Signer.RoleArn ?? "the caller"} "
        + $"(Account settings, AWS Regions), or set another Region. Keys of another partition (China, GovCloud) are unknown there too, and so are deleted ones"
        + (attempt.Signer.Variables is { } variables ? $"; these come from {variables}." : ".");
}

/// <summary>One try of <c>sts:AssumeRole</c>, for what is said when it fails.</summary>
/// <param name="Sending">What was sent, and where.</param>
/// <param name="Skew">How far STS's clock is ahead of ours.</param>
internal sealed record StsAttempt(Hop Hop, NodeLabel Label, TemporaryCredentials Signer, Sending Sending, TimeSpan Skew, SecretMask Mask);

/// <summary>What is said of a clock that is wrong: only above two minutes, and that the SDK corrects itself.</summary>
internal static class ClockText
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(2);

    public static bool IsWrong(TimeSpan skew) => skew.Duration() > Tolerated;

    public static string? For(TimeSpan skew) => !IsWrong(skew) ? null
        : $"This clock is {Math.Abs(skew.TotalSeconds):0} s {Way(skew)} that of STS. The SDK corrects its next signatures by that; set the clock of the host right.";

    public static string Way(TimeSpan skew) => skew > TimeSpan.Zero ? "behind" : "ahead of";
}
