namespace CredentialSidecar.Emulator.Worlds;

/// <summary>A role: who may assume it, for how long, and which roles it may assume in turn.</summary>
/// <param name="MaxSessionDurationSeconds">3600 to 43200, as in IAM.</param>
internal sealed record Role(
    string Arn,
    int MaxSessionDurationSeconds = 3600,
    IReadOnlyList<TrustStatement>? Trust = null,
    IReadOnlyList<Permission>? Permissions = null);
