namespace CredentialSidecar.Shared;

/// <summary>Variables that SDKs read before AWS_CONTAINER_CREDENTIALS_FULL_URI. The launcher and the doctor share this list.</summary>
internal static class CompetingVariables
{
    public const string RelativeUri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    public const string WebIdentityTokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
    public const string RoleArn = "AWS_ROLE_ARN";

    /// <summary>Set by ECS (the first) or by the IRSA webhook, without a request in this container's definition.</summary>
    public static readonly (string Name, string Effect)[] OfPlatforms =
    [
        (RelativeUri, "nearly every SDK takes it before it asks the sidecar"),
        (WebIdentityTokenFile, "SDKs take it (with AWS_ROLE_ARN) before they ask the sidecar"),
        (RoleArn, "SDKs take it (with AWS_WEB_IDENTITY_TOKEN_FILE) before they ask the sidecar"),
    ];

    /// <summary>Set by a person, who has to decide. Each has a description of its effect.</summary>
    public static readonly (string Name, string Effect)[] OfPeople =
    [
        ("AWS_ACCESS_KEY_ID", "every SDK takes it (with AWS_SECRET_ACCESS_KEY) before it asks the sidecar"),
        ("AWS_ACCESS_KEY", "the Java v1, Go and Ruby SDKs take it (with AWS_SECRET_KEY) before they ask the sidecar"),
        ("AMAZON_ACCESS_KEY_ID", "the Ruby SDK takes it (with AMAZON_SECRET_ACCESS_KEY) before it asks the sidecar"),
        ("AWS_PROFILE", "SDKs take what that profile says before they ask the sidecar"),
        ("AWS_DEFAULT_PROFILE", "the CLI and botocore take what that profile says before they ask the sidecar"),
        ("AWS_SHARED_CREDENTIALS_FILE", "SDKs take the credentials in that file before they ask the sidecar"),
        ("AWS_CREDENTIAL_PROFILES_FILE", "the Java v1 SDK takes the credentials in that file before it asks the sidecar"),
    ];

    /// <summary>Whether a variable of <see cref="OfPlatforms"/> or <see cref="OfPeople"/> competes where it has that value.</summary>
    /// <param name="value">Null where it is not set.</param>
    /// <param name="variable">Reads the environment. AWS_ROLE_ARN alone gives no SDK credentials; it is the application's setting.</param>
    public static bool Competes(string name, string? value, Func<string, string?> variable) => name switch
    {
        RelativeUri or WebIdentityTokenFile => value is not null,
        RoleArn => value is not null && variable(WebIdentityTokenFile) is not null,
        _ => value is { Length: > 0 } && !(value == "/dev/null" && name.EndsWith("_FILE", StringComparison.Ordinal)),
    };
}
