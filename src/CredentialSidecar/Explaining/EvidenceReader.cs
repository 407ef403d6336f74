using System.Text.RegularExpressions;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>Finds the error that matters most in the text of an SDK's exception, an STS answer or a log.</summary>
internal static partial class EvidenceReader
{
    /// <summary>How much text after the beginning of an error belongs to it.</summary>
    private const int Longest = 1200;

    /// <summary>Texts that every AWS service shares, for an exception that names no service.</summary>
    private static readonly (string Text, string Code)[] Texts =
    [
        ("DurationSeconds exceeds", "ValidationError"),
        ("security token included in the request is expired", "ExpiredToken"),
        ("security token included in the request is invalid", "InvalidClientTokenId"),
        ("Signature expired:", "SignatureDoesNotMatch"),
        ("Signature not yet current:", "SignatureDoesNotMatch"),
        ("STS is not activated in this region", "RegionDisabledException"),
        ("Throttling: Rate exceeded", "Throttling"),
        ("ThrottlingException: Rate exceeded", "ThrottlingException"),
    ];

    /// <returns>Empty if the text shows no failed call.</returns>
    public static IReadOnlyList<Evidence> Read(string text) =>
        CloudTrailEvents.Read(text) ?? (OfText(Plain(text)) is { } evidence ? [evidence] : []);

    /// <summary>The evidence of one text without line ends.</summary>
    public static Evidence? OfText(string said) =>
        HopDenial(said) ?? SidecarText.OfHop(said) ?? SidecarText.OfAnswer(said) ?? OtherDenial(said) ?? Service(said) ?? Known(said)
            ?? (SdkFaults.Of(said) is null ? null : new Evidence(EvidenceKind.Sdk, null, said) { Region = RegionIn(said) });

    /// <returns>Null if the text names no role that is to be assumed.</returns>
    public static string? RoleIn(string text) => Roles().Match(text) is { Success: true } role ? role.Groups["role"].Value : null;

    public static string? RegionIn(string text) => Hosts().Match(text) is { Success: true } host ? host.Groups["region"].Value : null;

    /// <summary>The text from an error to the next one.</summary>
    public static string Part(string said, int from, int least)
    {
        var next = NextError().Match(said, Math.Min(said.Length, from + least));
        return said[from..Math.Min(next.Success ? next.Index : said.Length, Math.Min(said.Length, from + least + Longest))];
    }

    private static Evidence? HopDenial(string said)
    {
        if (HopDenials().Match(said) is not { Success: true } match)
        {
            return null;
        }

        var part = Part(said, match.Index, match.Length);
        return new Evidence(EvidenceKind.HopDenial, "AccessDenied", part)
        {
            Role = RoleIn(part), Caller = Denial.Read(part).Caller, Region = RegionIn(said),
        };
    }

    private static Evidence? OtherDenial(string said)
    {
        if (OtherDenials().Match(said) is not { Success: true } match)
        {
            return null;
        }

        var part = Part(said, match.Index, match.Length);
        return new Evidence(EvidenceKind.OtherDenial, "AccessDenied", part) { Caller = Denial.Read(part).Caller };
    }

    private static Evidence? Service(string said)
    {
        foreach (var (at, code, operation) in ServiceErrors.Find(said))
        {
            var part = Part(said, at, 20);
            var shared = KnownIn(part);
            var isSts = ServiceErrors.IsSts(operation) || (operation is null && shared is not null);
            return new Evidence(isSts ? EvidenceKind.StsError : EvidenceKind.OtherService, code ?? shared, part)
            {
                Operation = operation, Role = RoleIn(said), Region = RegionIn(said),
            };
        }

        return null;
    }

    private static Evidence? Known(string said) => KnownIn(said) is { } code
        ? new Evidence(EvidenceKind.StsError, code, said) { Role = RoleIn(said), Region = RegionIn(said) } : null;

    private static string? KnownIn(string said) => Texts
        .Where(known => said.Contains(known.Text, StringComparison.OrdinalIgnoreCase)).Select(known => known.Code).FirstOrDefault();

    // Logs wrap and colour lines.
    private static string Plain(string text) => Breaks().Replace(Colours().Replace(text, ""), " ").Trim();

    [GeneratedRegex(@"\e\[[0-9;]{0,20}m")]
    private static partial Regex Colours();

    [GeneratedRegex(@"[\s\p{Cc}]+")]
    private static partial Regex Breaks();

    [GeneratedRegex(@"User: [^ ]{3,700} is not authorized to perform: (?:sts:AssumeRole|sts:TagSession|sts:SetSourceIdentity)\b")]
    private static partial Regex HopDenials();

    [GeneratedRegex(@"User: [^ ]{3,700} is not authorized to perform: [A-Za-z0-9-]{2,40}:[A-Za-z0-9]{2,80}\b")]
    private static partial Regex OtherDenials();

    [GeneratedRegex(@"User: |An error occurred \(|operation error |Cannot assume arn:")]
    private static partial Regex NextError();

    // STS names the resource, the sidecar names the role, and AWS CLI commands have it as an option.
    [GeneratedRegex(
        @"(?:on resource: |Cannot assume |--role-arn |roleArn[""']?\s*[:=]\s*[""']?|the role )"
        + @"(?<role>arn:aws[a-z-]{0,16}:iam::[0-9]{12}:role/[\w+=,.@/-]{1,576}?)(?=[\\\s""',;.)<]*(?:\s|$|[\\""',;)<]))",
        RegexOptions.ECMAScript)]
    private static partial Regex Roles();

    [GeneratedRegex(@"\bsts(?:-fips)?\.(?<region>[a-z0-9-]{3,32})\.(?:amazonaws\.com|api\.aws)")]
    private static partial Regex Hosts();
}
