namespace CredentialSidecar.Launcher.Metadata;

/// <summary>The launcher's warning about instance metadata.</summary>
internal static class Remedy
{
    public static string Warning(string? networkMode, bool isKubernetes) =>
        "EC2 instance metadata (169.254.169.254) is reachable from here. A client that does not read AWS_CONTAINER_CREDENTIALS_FULL_URI, " +
        "or that falls through when the sidecar rejects it, acts as the instance's role. " +
        "Not every client honours AWS_EC2_METADATA_DISABLED. " +
        $"To block it: {MetadataRemedy.For(networkMode, isKubernetes)}. --allow-imds hides this warning.";
}
