using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Finds the container credentials endpoint of this container.</summary>
internal static class SourceRules
{
    private const string Relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string Full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    private const string TokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    private const string EndpointKey = "Source:Endpoint";

    public static SourceSettings Find(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var endpoint = HttpAddress.Read(EndpointKey, options.Source.Endpoint, findings);
        findings.Require(endpoint is null or { AbsolutePath: "/", Query: "", Fragment: "" }, EndpointKey,
            $"is {Shown.Quoted(options.Source.Endpoint)}; expected an address without a path; the path comes from {Relative}");

        RefuseOfOtherKinds(options, findings);

        // The SDK's chain reads the same two variables in the same order, so it can also lead back to the sidecar.
        return (environment[Relative], environment[Full]) switch
        {
            _ when options.Source.Kind == SourceKind.WebIdentity => WebIdentityRules.Find(options, environment, findings),
            _ when options.Source.Kind == SourceKind.Process => ProgramRules.Find(options, environment, findings),
            ({ } path, _) => FromAgent(endpoint, path, options, findings),
            (null, { } full) => FromFull(full, options, environment, findings),
            _ => FromNowhere(options, environment, findings),
        };
    }

    // Someone who writes them expects another source than the one that would be used.
    private static void RefuseOfOtherKinds(SidecarOptions options, Findings findings)
    {
        var source = options.Source;
        Refuse(SourceKind.WebIdentity, "RoleArn", source.RoleArn is not null);
        Refuse(SourceKind.WebIdentity, "TokenFile", source.TokenFile is not null);
        Refuse(SourceKind.WebIdentity, "SessionName", source.SessionName is not null);
        Refuse(SourceKind.Process, "Process", source.Process.Count > 0);

        void Refuse(SourceKind kind, string key, bool isSet)
        {
            if (!findings.IsUnread("Source:Kind"))
            {
                findings.Require(!isSet || source.Kind == kind, $"Source:{key}",
                    $"is for Source:Kind {kind}, but Source:Kind is {source.Kind}; set {ShortNames.VariableOf("Source:Kind")}={kind}, "
                    + "or remove it");
            }
        }
    }

    private static SourceSettings FromAgent(Uri? endpoint, string path, SidecarOptions options, Findings findings)
    {
        if (options.Source.Kind == SourceKind.Default)
        {
            return new SourceSettings(SourceKind.Default);
        }

        // Not shown, because anyone who knows the path can read the task role.
        findings.Require(path.StartsWith('/'), Relative, "does not begin with /; leave it as ECS sets it");
        OwnAddress.Refuse(EndpointKey, endpoint, options, findings);

        _ = Uri.TryCreate(endpoint?.GetLeftPart(UriPartial.Authority) + path, UriKind.Absolute, out var uri);
        return new SourceSettings(SourceKind.TaskRole, uri);
    }

    private static SourceSettings FromFull(string full, SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var uri = HttpAddress.Read(Full, full, findings, secret: true);
        OwnAddress.Refuse(Full, uri, options, findings);
        findings.Require(uri is null || PlainHttp.MayAskForCredentials(uri), Full,
            $"is {uri?.Scheme}://{uri?.Authority}; expected https, or http at loopback, "
            + "169.254.170.2, 169.254.170.23 or [fd00:ec2::23], as the SDKs do");

        if (options.Passthrough.Metadata && environment["ECS_CONTAINER_METADATA_URI_V4"] is null)
        {
            findings.Warn("Passthrough:Metadata",
                $"is true, but {Full} is set and ECS_CONTAINER_METADATA_URI_V4 is not, so this container has no ECS agent; "
                + $"requests would go to {options.Source.Endpoint}; remove it");
        }

        // Other problems with the file are reported at each read, since the platform may create it later.
        if (environment[TokenFile] is { } file)
        {
            findings.Doubt(TokenFile, SmallFile.Read(file, SourceSettings.LargestToken));
        }

        return options.Source.Kind == SourceKind.Default
            ? new SourceSettings(SourceKind.Default)
            : new SourceSettings(SourceKind.TaskRole, uri, environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"], environment[TokenFile]);
    }

    private static SourceSettings FromNowhere(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        if (options.Source.Kind == SourceKind.TaskRole && !findings.IsUnread("Source:Kind"))
        {
            findings.Missing(Relative,
                "is not set; ECS sets it if the task definition has a taskRoleArn. "
                + (environment["AWS_WEB_IDENTITY_TOKEN_FILE"] is null ? "On a laptop, set SIDECAR_Source__Kind=Default instead"
                    : "For the web identity of AWS_WEB_IDENTITY_TOKEN_FILE, set SIDECAR_Source__Kind=WebIdentity instead"));
        }

        return new SourceSettings(options.Source.Kind);
    }
}
