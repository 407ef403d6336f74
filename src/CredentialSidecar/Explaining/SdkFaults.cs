namespace CredentialSidecar.Explaining;

/// <summary>Errors of SDKs that never reached STS.</summary>
internal static class SdkFaults
{
    private static readonly SdkFault[] All =
    [
        new("The SDK found no credentials.",
            "No variable in the program's environment names the sidecar. Start the program by credential-launch, or set "
            + "AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN. Some old clients know neither: see "
            + "docs/compatibility.md.",
            "Unable to locate credentials", "Unable to load credentials from any", "no EC2 IMDS role found", "NoCredentialProviders",
            "Could not load credentials from any providers", "Failed to resolve AWS credentials", "No AWS credentials found",
            "Unable to get IAM security credentials from EC2 Instance Metadata", "the credential provider was not enabled"),
        new("The SDK did not reach the sidecar.",
            "Check that the sidecar runs in the same task or pod, that the port is the same (SIDECAR_PORT, 9170), and that the network "
            + "mode is awsvpc: in bridge mode containers do not share 127.0.0.1.",
            "127.0.0.1:9170", "localhost:9170", "169.254.170.2", "container-role", "ECS credentials", "container metadata"),
        new("The region is not a region of AWS, or its STS cannot be reached.",
            "Set AWS_REGION to a region such as eu-central-1, for the sidecar and for the program.",
            "Could not connect to the endpoint URL: \"https://sts.", "lookup sts.", "ENOTFOUND sts.", "UnknownHostException: sts.",
            "(sts.", "Could not resolve host: sts.", "Provided region_name", "Invalid region"),
    ];

    /// <returns>Null if no text of an SDK is known.</returns>
    public static SdkFault? Of(string text) => All.FirstOrDefault(fault => fault.IsIn(text));
}

/// <param name="What">What happened.</param>
/// <param name="ToDo">What to do.</param>
/// <param name="texts">Parts of the texts of SDKs.</param>
internal sealed record SdkFault(string What, string ToDo, params string[] Texts)
{
    public bool IsIn(string text) => Array.Exists(Texts, known => text.Contains(known, StringComparison.OrdinalIgnoreCase));
}
