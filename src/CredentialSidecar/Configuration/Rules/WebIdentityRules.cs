using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>The role and the token file of a web identity: the settings, or the variables that the webhook of EKS sets.</summary>
internal static class WebIdentityRules
{
    private const string Default = "credential-sidecar";
    private const string RoleVariable = "AWS_ROLE_ARN";
    private const string FileVariable = "AWS_WEB_IDENTITY_TOKEN_FILE";
    private const string NameVariable = "AWS_ROLE_SESSION_NAME";

    public static SourceSettings Find(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var source = options.Source;
        var (roleKey, role) = Chosen("Source:RoleArn", source.RoleArn, RoleVariable, environment);
        var (fileKey, file) = Chosen("Source:TokenFile", source.TokenFile, FileVariable, environment);
        var (nameKey, name) = Chosen("Source:SessionName", source.SessionName, NameVariable, environment);
        var arn = FindRole(roleKey, role, findings);

        if (file is null)
        {
            Missing(FileVariable, "Source:TokenFile", findings);
        }
        else
        {
            findings.Require(Path.IsPathFullyQualified(file), fileKey, $"is {Shown.Quoted(file)}; expected an absolute path");

            // Other problems with the file are reported at each read, since the kubelet may create it later.
            findings.Doubt(fileKey, SmallFile.Read(file, WebIdentitySettings.LargestToken));
        }

        findings.Require(name is null || (SessionNameTemplate.IsValid(name) && !name.Contains('{', StringComparison.Ordinal)), nameKey,
            $"is {Shown.Quoted(name)}; expected 2 to 64 of A-Z a-z 0-9 _ + = , . @ -");

        return new SourceSettings(SourceKind.WebIdentity)
        {
            WebIdentity = arn is null || file is null ? null
                : new WebIdentitySettings(arn, file, findings.NameOf(fileKey), name ?? Default,
                    RegionOf(roleKey, arn, options, environment, findings)),
        };
    }

    /// <summary>The token is a bearer token: a thief can assume the role with it. So it needs TLS, even where a session does not.</summary>
    public static void CheckSts(SourceSettings source, StsSettings sts, Findings findings)
    {
        if (source.WebIdentity is { } identity)
        {
            findings.Require(sts.Endpoint is null || PlainHttp.StaysHere(sts.Endpoint), sts.EndpointVariable,
                $"is {sts.Endpoint?.Scheme}://{sts.Endpoint?.Authority}, and Source:Kind is WebIdentity, which sends its token there; "
                + "use https: plain http is allowed at loopback only, and Sts:AllowPlainHttp does not change that");
            StsRules.CheckRegion(sts, "the source", identity.Region, findings);
        }
    }

    private static RoleArn? FindRole(string key, string? text, Findings findings)
    {
        if (text is null)
        {
            Missing(RoleVariable, "Source:RoleArn", findings);
            return null;
        }

        if (!RoleArn.TryParse(text, out var role, out var problem))
        {
            findings.Wrong(key, problem);
        }

        return role;
    }

    private static string RegionOf(
        string key, RoleArn role, SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        if ((options.Region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]) is not { } region)
        {
            findings.Missing("AWS_REGION", "is not set; Source:Kind WebIdentity needs it; set it to the region of the STS endpoint");
            return "";
        }

        findings.Require(Partitions.Of(region) == role.Partition, key,
            $"is {role}, of the partition {role.Partition}, but the region is {region}, of {Partitions.Of(region)}");
        return region;
    }

    private static void Missing(string variable, string key, Findings findings) => findings.Missing(variable,
        "is not set; EKS sets it for a service account with the annotation eks.amazonaws.com/role-arn, in pods that start later. "
        + $"Elsewhere, set {ShortNames.VariableOf(key)}");

    private static (string Key, string? Value) Chosen(string path, string? setting, string variable, ProcessEnvironment environment) =>
        setting is not null ? (path, setting) : (variable, environment[variable]);
}
