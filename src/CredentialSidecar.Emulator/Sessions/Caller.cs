using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sessions;

/// <summary>A key pair and whom it stands for: an IAM user, or one session of a role.</summary>
/// <param name="Arn">As <c>GetCallerIdentity</c> tells it: the user, or the assumed-role session.</param>
/// <param name="IamArn">The user or role behind it, which policies name.</param>
internal sealed record Caller(string Arn, Arn IamArn, string UserId, string AccessKeyId, string SecretAccessKey)
{
    /// <summary>Present for sessions only.</summary>
    public string? SessionToken { get; init; }

    public DateTimeOffset Expiration { get; init; } = DateTimeOffset.MaxValue;

    public IReadOnlyList<SessionTag> Tags { get; init; } = [];

    public string? SourceIdentity { get; init; }

    public SessionPolicy? Policy { get; init; }

    public bool IsRoleSession => SessionToken is not null;

    // A record prints every member by default; this one must never print its secrets.
    public override string ToString() => $"{AccessKeyId} for {Arn}";
}
