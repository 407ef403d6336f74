using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Sources;

/// <summary>Checks names from STS and the agent that are shown without <see cref="OutsideText"/>, since they could echo a secret.</summary>
internal static partial class OutsideName
{
    /// <summary>Shown instead of a code that is not in the list.</summary>
    public const string UnknownCode = "an unknown code";

    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html#API_AssumeRole_Errors, its CommonErrors, and what the agents
    // of ECS and EKS send.
    private static readonly FrozenSet<string> Codes = FrozenSet.Create(StringComparer.Ordinal,
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "OptInRequired",
        "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "RequestExpired", "MissingAuthenticationToken", "IncompleteSignature", "InvalidToken", "InvalidTokenException",
        "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
        "RequestThrottled", "RequestThrottledException", "LimitExceededException", "SlowDown",
        "ValidationError", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabled", "RegionDisabledException",
        "InvalidParameterValue", "InvalidParameterCombination", "MissingParameter", "InvalidAction", "MissingAction",
        "MalformedQueryString", "InvalidQueryParameter", "MalformedInput",
        "IDPRejectedClaim", "IDPCommunicationError", "InvalidIdentityToken", "InternalFailure", "InternalError", "ServiceUnavailable",
        "CredentialsUninitialized", "InvalidIdInRequest", "NoIdInRequest", "NoCredentialsAssociated", "InternalServerError",
        "ResourceNotFoundException");

    /// <returns>Null if the code is not in the list.</returns>
    public static string? Code(string? code) => code is not null && Codes.Contains(code) ? code : null;

    /// <returns>Null if the text does not have the form of a request id, or contains a secret.</returns>
    public static string? RequestId(string? id, SecretMask mask) =>
        id is not null && RequestIds().IsMatch(id) && mask.Apply(id) == id ? id : null;

    /// <summary>Whether an access key id has the form of AWS's ids, up to their longest length.</summary>
    public static bool IsKeyId(string id) => KeyIds().IsMatch(id);

    [GeneratedRegex(@"^[A-Za-z0-9-]{1,128}\z")]
    private static partial Regex RequestIds();

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,128}\z")]
    private static partial Regex KeyIds();
}
