namespace CredentialSidecar.Launcher.Metadata;

/// <summary>How to keep containers from instance metadata, by network mode.</summary>
internal static class Remedy
{
    private const string HopLimit = "the instance's HttpPutResponseHopLimit to 1 together with HttpTokens=required";
    private const string Block = "credential-sidecar intercept up --block-imds";

    /// <param name="networkMode">As task metadata names it; null where it is unknown.</param>
    public static string For(string? networkMode, bool isKubernetes) => (networkMode, isKubernetes) switch
    {
        ("awsvpc", _) => $"set ECS_AWSVPC_BLOCK_IMDS=true in the ECS agent's configuration, or run {Block}",
        ("bridge", _) => $"drop packets to 169.254.169.254 in the host's DOCKER-USER chain, or set {HopLimit}",
        ("host", _) => $"host networking has no switch for it; use awsvpc, or run {Block}",
        (_, true) => $"set {HopLimit}, or run {Block}",
        _ => "awsvpc tasks: ECS_AWSVPC_BLOCK_IMDS=true for the agent; bridge: drop packets to it in the host's DOCKER-USER chain; " +
            $"pods: set {HopLimit}; or run {Block}",
    };

    public static string Warning(string? networkMode, bool isKubernetes) =>
        "EC2 instance metadata (169.254.169.254) is reachable from here. A client that does not read AWS_CONTAINER_CREDENTIALS_FULL_URI, " +
        "or that falls through when the sidecar rejects it, acts as the instance's role. " +
        "Not every client honours AWS_EC2_METADATA_DISABLED. " +
        $"To block it: {For(networkMode, isKubernetes)}. --allow-imds hides this warning.";
}
