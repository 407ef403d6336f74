namespace CredentialSidecar.Configuration.Reading;

/// <summary>Values whose quotes came along: environmentFiles of ECS and <c>docker --env-file</c> keep them as part of the value.</summary>
internal static class InQuotes
{
    public const string Problem = "has quotes around its value, and they are part of it; leave them out, since ECS environmentFiles and docker --env-file keep them";

    // Not those that another program in this container may understand in its own way.
    private static readonly string[] Others =
    [
        "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_CA_BUNDLE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
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
