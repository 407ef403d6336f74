namespace CredentialSidecar.Explaining;

/// <summary>Errors of SDKs and of ECS that never reached STS.</summary>
internal static class SdkFaults
{
    private static readonly SdkFault[] All =
    [
        new("The sidecar, or the ECS agent, answered the SDK with an error.",
            "The SDK does not show the code. Look at the sidecar's log: event 400 for a rejected request, event 301 or 302 for a failed "
            + "hop. See docs/errors.md for the status.",
            "Received non 200 response"),
        new("ECS could not assume the task role.",
            "Check that the trust policy of the task role names ecs-tasks.amazonaws.com, and that its conditions match the cluster's "
            + "account and region: credential-sidecar generate iam.",
            "ECS was unable to assume the role"),
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
            "127.0.0.1:9170", "localhost:9170", "ECONNREFUSED 127.0.0.1", "retrieving credentials from container-role",
            "attempting to retrieve container metadata", "failed to load credentials"),
        new("The SDK did not reach the ECS agent at 169.254.170.2.",
            "On EC2, check the agent's settings (docs/ecs.md). Outside ECS, the program should ask the sidecar: start it by "
            + "credential-launch.",
            "169.254.170.2"),
        new("The clock of the program's machine is wrong.", "Correct the clock of the host.", "RequestTimeTooSkewed"),
        new("The SDK has no region.", "Set AWS_REGION, and AWS_DEFAULT_REGION for boto3 and the AWS CLI.",
            "You must specify a region", "Unable to find a region", "no region was found", "Region is missing"),
        new("The SDK did not reach STS.",
            "Check the route, the NAT gateway or VPC endpoint, the security group and the DNS of the task, and HTTPS_PROXY. "
            + "Also check that AWS_REGION names a region of AWS.",
            "Could not connect to the endpoint URL: \"https://sts.", "lookup sts.", "ENOTFOUND sts.", "UnknownHostException: sts.",
            "(sts.", "Could not resolve host: sts.", "Provided region_name", "Invalid region"),
    ];

    /// <returns>Null if no text of an SDK is known.</returns>
    public static SdkFault? Of(string text) => All.FirstOrDefault(fault => fault.IsIn(text));
}

/// <param name="What">What happened.</param>
/// <param name="ToDo">What to do.</param>
/// <param name="Texts">Parts of the texts of SDKs.</param>
internal sealed record SdkFault(string What, string ToDo, params string[] Texts)
{
    public bool IsIn(string text) => Array.Exists(Texts, known => text.Contains(known, StringComparison.OrdinalIgnoreCase));
}
