using System.Text.RegularExpressions;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Finds the facts in the text of an SDK's exception, an STS answer or a log line, or in CloudTrail events.</summary>
internal static partial class EvidenceReader
{
    /// <summary>How much of the text of one error is read.</summary>
    private const int Longest = 16 * 1024;

    /// <summary>Codes that only the sidecar sends, and those that it shares with an agent.</summary>
    private static readonly string[] OfSidecar =
    [
        "DestinationNotAllowed", "RequestNotAllowed", "NotIntercepted", "InvalidRoleConfiguration", "AskedTooOften", "SourceUnavailable",
        "CredentialsUnavailable", "CredentialsUninitialized", "InvalidIdInRequest", "Unauthorized", "RequestTooLarge",
    ];

    /// <summary>Texts of STS, for an exception that shows no code.</summary>
    private static readonly (string Text, string Code)[] Texts =
    [
        ("is not authorized to perform: ", "AccessDenied"),
        ("STS does not allow it", "AccessDenied"),
        ("security token included in the request is expired", "ExpiredToken"),
        ("security token included in the request is invalid", "InvalidClientTokenId"),
        ("Signature expired:", "SignatureDoesNotMatch"),
        ("Signature not yet current:", "SignatureDoesNotMatch"),
        ("request signature we calculated does not match", "SignatureDoesNotMatch"),
        ("PackedPolicySize", "PackedPolicyTooLarge"),
        ("packed size of", "PackedPolicyTooLarge"),
        ("DurationSeconds exceeds", "ValidationError"),
        ("STS is not activated in this region", "RegionDisabledException"),
        ("Rate exceeded", "Throttling"),
    ];

    /// <returns>Empty if the text shows no failed call.</returns>
    public static IReadOnlyList<Evidence> Read(string text) =>
        CloudTrailEvents.Read(text) ?? (OfText(text) is { } evidence ? [evidence] : []);

    private static Evidence? OfText(string text)
    {
        var said = WhiteSpace().Replace(text.Length > Longest ? text[..Longest] : text, " ").Trim();
        var code = Codes().Matches(said).Select(match => match.Value).FirstOrDefault(IsCode)
            ?? Texts.Where(known => said.Contains(known.Text, StringComparison.OrdinalIgnoreCase)).Select(known => known.Code)
                .FirstOrDefault();

        return code is null && SdkFaults.Of(said) is null ? null : new Evidence(code, said)
        {
            Role = RoleIn(said),
            Caller = Denial.Read(said).Caller,
            Region = Hosts().Match(said) is { Success: true } host ? host.Groups["region"].Value : null,
            IsOfSidecar = OfSidecar.Contains(code) || Bodies().IsMatch(said),
        };
    }

    /// <returns>Null if the text names no role that is to be assumed.</returns>
    public static string? RoleIn(string text) => Roles().Match(text) is { Success: true } role ? role.Groups["role"].Value : null;

    private static bool IsCode(string word) => OutsideName.Code(word) is not null || OfSidecar.Contains(word);

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"\b[A-Z][A-Za-z]{5,40}\b")]
    private static partial Regex Codes();

    // The sidecar's own body, also where a program escapes its quotes.
    [GeneratedRegex(@"\{\s*\\?""code\\?""\s*:\s*\\?""[A-Za-z]+\\?""\s*,\s*\\?""message\\?""")]
    private static partial Regex Bodies();

    // STS names the resource, the sidecar names the role, and AWS CLI commands have it as an option.
    [GeneratedRegex(
        @"(?:on resource: |Cannot assume |--role-arn |roleArn[""']?\s*[:=]\s*[""']?|the role )"
        + @"(?<role>arn:aws[a-z-]{0,16}:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}?)(?=[\s""',;.)]*(?:\s|$|[""',;)]))",
        RegexOptions.ECMAScript)]
    private static partial Regex Roles();

    [GeneratedRegex(@"\bsts(?:-fips)?\.(?<region>[a-z0-9-]{3,32})\.(?:amazonaws\.com|api\.aws)")]
    private static partial Regex Hosts();
}
