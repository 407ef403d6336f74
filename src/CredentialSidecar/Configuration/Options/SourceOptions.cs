using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Where the first credentials come from.</summary>
internal sealed class SourceOptions
{
    public SourceKind Kind { get; set; } = SourceKind.TaskRole;

    [Description("The address of the ECS agent.")]
    public string Endpoint { get; set; } = "http://169.254.170.2";

    [Description("WebIdentity: the role that the token is exchanged for. Default: AWS_ROLE_ARN.")]
    public string? RoleArn { get; set; }

    [Description("WebIdentity: the file with the token, an absolute path. Default: AWS_WEB_IDENTITY_TOKEN_FILE.")]
    public string? TokenFile { get; set; }

    [Description("WebIdentity: the role session name, 2 to 64 characters. Default: AWS_ROLE_SESSION_NAME, then credential-sidecar.")]
    public string? SessionName { get; set; }

    [Description("Process: a program that prints credentials as JSON, by its absolute path, and its arguments. No shell is used.")]
    public List<string> Process { get; set; } = [];
}

/// <summary>The kinds of source.</summary>
internal enum SourceKind
{
    /// <summary>The container credentials endpoint that the platform offers this very container.</summary>
    TaskRole,

    /// <summary>The SDK's own chain: environment, profiles, web identity, instance role.</summary>
    Default,

    /// <summary>One <c>sts:AssumeRoleWithWebIdentity</c> with the token in a file, as IRSA mounts one.</summary>
    WebIdentity,

    /// <summary>A program under the contract of <c>credential_process</c>.</summary>
    Process,
}
