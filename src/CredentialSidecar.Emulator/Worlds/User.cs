namespace CredentialSidecar.Emulator.Worlds;

/// <summary>An IAM user with a static access key, for a laptop.</summary>
internal sealed record User(
    string Arn,
    string AccessKeyId,
    string SecretAccessKey,
    IReadOnlyList<Permission>? Permissions = null)
{
    // A record prints every member by default; this one must never print its secret.
    public override string ToString() => $"{AccessKeyId} for {Arn}";
}
