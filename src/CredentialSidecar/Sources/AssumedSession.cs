using Amazon.SecurityToken.Model;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Checks that STS answered with a session of the role that was asked for.</summary>
internal static class AssumedSession
{
    /// <summary>How much later than requested a session may end.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <returns>What is wrong, after "STS answered", and what STS named; null if nothing is.</returns>
    public static (string What, string? Said)? ProblemOf(
        Credentials? keys, AssumedRoleUser? user, RoleArn role, DateTimeOffset issuedAt, SecretMask mask) => keys switch
    {
        not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, SessionToken.Length: > 0, Expiration: not null } =>
            ("without credentials", null),
        _ when !OutsideName.IsKeyId(keys.AccessKeyId) || mask.Apply(keys.AccessKeyId) != keys.AccessKeyId =>
            ("with an invalid access key id", null),
        _ when ExpirationOf(keys) <= issuedAt =>
            ($"with a session that ended at {ExpirationOf(keys):O}; this clock shows {issuedAt:O}", null),
        _ when !IsOf(role, user?.Arn) => ("for another role", $"STS named: {OutsideText.Shown(user?.Arn, mask) ?? "none."}"),
        _ => null,
    };

    public static DateTimeOffset ExpirationOf(Credentials keys) => new(keys.Expiration!.Value.ToUniversalTime());

    // arn:aws:sts::555566667777:assumed-role/name/session, without the role's IAM path.
    private static bool IsOf(RoleArn role, string? assumed) =>
        assumed?.StartsWith($"arn:{role.Partition}:sts::{role.AccountId}:assumed-role/{role.Name}/", StringComparison.Ordinal) == true;
}
