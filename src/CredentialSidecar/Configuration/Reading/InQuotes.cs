namespace CredentialSidecar.Configuration.Reading;

/// <summary>Detects values in quotes: ECS environmentFiles and <c>docker --env-file</c> keep quotes as part of the value.</summary>
internal static class InQuotes
{
    public const string Problem =
        "has quotes as part of its value; remove the quotes, because ECS environmentFiles and docker --env-file keep them";

    // Not for variables that other programs in this container may read differently.
    private static readonly string[] Others =
    [
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_CA_BUNDLE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "ECS_CONTAINER_METADATA_URI_V4",
    ];

    public static bool Is(string value) => value is ['"', .., '"'] or ['\'', .., '\''];

    public static void Refuse(ProcessEnvironment environment, Findings findings)
    {
        foreach (var name in Others.Where(name => environment[name] is { } value && Is(value)))
        {
            findings.Unread(name, Problem);
        }
    }
}
