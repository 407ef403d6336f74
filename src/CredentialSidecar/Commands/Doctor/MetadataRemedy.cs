namespace CredentialSidecar.Commands.Doctor;

/// <summary>How to keep containers from instance metadata, by network mode.</summary>
internal static class MetadataRemedy
{
    /// <summary>For the users whom the rule leaves alone.</summary>
    public const string Spared = " That rule never blocks root and the sidecar's uid; to test it, run the doctor as the application's uid.";

    private const string HopLimit = "the instance's HttpPutResponseHopLimit to 1 together with HttpTokens=required";
    private const string Block = "credential-sidecar intercept up --block-imds";

    public static string For(string? networkMode, bool isKubernetes) => (networkMode, isKubernetes) switch
    {
        ("awsvpc", _) => $"Set ECS_AWSVPC_BLOCK_IMDS=true in the ECS agent's configuration, or run {Block}.",
        ("bridge", _) => $"Drop packets to 169.254.169.254 in the host's DOCKER-USER chain, or set {HopLimit}.",
        ("host", _) => $"Host networking has no switch for it; use awsvpc, or run {Block}.",
        (_, true) => $"Set {HopLimit}, or run {Block}.",
        _ => $"Set ECS_AWSVPC_BLOCK_IMDS=true for awsvpc tasks, set {HopLimit} for pods and bridge tasks, or run {Block}.",
    };
}
