using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>What the name of an AWS endpoint tells: its service and its region.</summary>
internal static partial class StsHost
{
    private const string GlobalRegion = "us-east-1";

    /// <summary>The service of an AWS name; null for any other name.</summary>
    public static string? ServiceOf(string host) => Aws().Match(host) is { Success: true } aws
        ? aws.Groups["service"].Value.Replace("-fips", "", StringComparison.Ordinal)
        : null;

    /// <summary>The region of an STS endpoint of AWS, for which calls to it must be signed.</summary>
    public static string? RegionOf(string host) => Aws().Match(host) is { Success: true } aws && ServiceOf(host) == "sts"
        ? aws.Groups["region"] is { Success: true } region ? region.Value : GlobalRegion
        : null;

    // sts.amazonaws.com, sts-fips.us-east-1.amazonaws.com, sts.us-east-1.api.aws, vpce-0a-b.sts.eu-west-1.vpce.amazonaws.com,
    // sts.cn-north-1.amazonaws.com.cn
    [GeneratedRegex(
        @"^(?:[a-z0-9-]+\.)*?(?<service>[a-z0-9-]+)(?:\.(?<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}))?(?:\.vpce)?"
        + @"\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.(?:aws|amazonwebservices\.(?:com\.cn|eu)))\z",
        RegexOptions.IgnoreCase)]
    private static partial Regex Aws();
}
