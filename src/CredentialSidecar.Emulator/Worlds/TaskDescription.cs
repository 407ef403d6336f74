namespace CredentialSidecar.Emulator.Worlds;

/// <summary>What the metadata endpoint says about the task.</summary>
/// <param name="Account">The account of the cluster; null means the account of the task role.</param>
internal sealed record TaskDescription(
    string Region = "eu-central-1",
    string Cluster = "laptop",
    string Family = "orders",
    string Revision = "1",
    string LaunchType = "FARGATE",
    string? Account = null);
