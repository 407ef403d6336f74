namespace CredentialSidecar.Chains;

/// <summary>Temporary security credentials, of the source or of one assumed role.</summary>
/// <param name="RoleArn">The role they act as; null where the source does not say.</param>
/// <param name="IssuedAt">By the local clock before the call, so that a lifetime is never overstated.</param>
/// <param name="Expiration">Never later than the issuer's own value; <see cref="DateTimeOffset.MaxValue"/> for long-term keys, and where
/// the source does not say.</param>
internal sealed record TemporaryCredentials(
    string AccessKeyId,
    string SecretAccessKey,
    string SessionToken,
    string? RoleArn,
    DateTimeOffset IssuedAt,
    DateTimeOffset Expiration)
{
    /// <summary>STS's id of the call that made them, which joins a CloudTrail event; null where the source does not say.</summary>
    public string? RequestId { get; init; }

    /// <summary>The variables that contain them, if they are not renewed; otherwise null.</summary>
    public string? Variables { get; init; }

    public TimeSpan Lifetime => Expiration - IssuedAt;

    /// <summary>What an SDK needs from the endpoint and these lack; null where they can be served as they are (contract R6, R7).</summary>
    public string? Lacking => SessionToken.Length == 0 ? "a session token" : Expiration == DateTimeOffset.MaxValue ? "an expiration" : null;

    // A record prints every member by default; this one must not print its secrets.
    public override string ToString() => $"{AccessKeyId} for {RoleArn ?? "the source"}, expires {Expiration:O}";
}
