namespace CredentialSidecar.Shared;

/// <summary>How to keep containers from EC2 instance metadata, by network mode.</summary>
/// <remarks>ASCII, because the launcher writes each char as one byte.</remarks>
internal static class MetadataRemedy
{
    private const string HopLimit = "the instance's HttpPutResponseHopLimit to 1 together with HttpTokens=required";
    private const string Block = "credential-sidecar intercept up --block-imds";

    /// <param name="networkMode">As task metadata names it; null where it is unknown.</param>
    /// <returns>A sentence without its capital letter and its full stop.</returns>
    public static string For(string? networkMode, bool isKubernetes) => (networkMode, isKubernetes) switch
    {
        ("awsvpc", _) => $"set ECS_AWSVPC_BLOCK_IMDS=true in the ECS agent's configuration, or run {Block}",
        ("bridge", _) => $"drop packets to 169.254.169.254 in the host's DOCKER-USER chain, or set {HopLimit}",

        // The agent needs instance metadata in the same network.
        ("host", _) => "host networking has no switch for it; use awsvpc, or give the instance's role only what the ECS agent needs",
        (_, true) => $"set {HopLimit}, or run {Block}",
        _ => "awsvpc tasks: ECS_AWSVPC_BLOCK_IMDS=true for the agent; bridge: drop packets to it in the host's DOCKER-USER chain; "
            + $"pods: set {HopLimit}; or, except in host networking, run {Block}",
    };
}
