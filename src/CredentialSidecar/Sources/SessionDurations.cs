using System.Collections.Concurrent;
using Amazon.Runtime;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>How long a session is asked for: over an hour only where long-lived keys sign, and only until STS says otherwise.</summary>
internal sealed class SessionDurations
{
    /// <summary>The most that STS gives by role chaining, and the least that any role allows.</summary>
    public static readonly TimeSpan Chained = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, bool> _capped = new(StringComparer.Ordinal);

    public TimeSpan For(Hop hop, TemporaryCredentials signer) =>
        hop.Duration > Chained && (!IsLongLived(signer) || _capped.ContainsKey(hop.Identity)) ? Chained : hop.Duration;

    /// <summary>Remembers that an hour is all there is for a hop.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Cap(Hop hop) => _capped.TryAdd(hop.Identity, true);

    /// <summary>Whether it is a pair of keys of an IAM user, which begin with AKIA and have no token; all others belong to a session.</summary>
    public static bool IsLongLived(TemporaryCredentials signer) => signer.SessionToken.Length == 0 && signer.AccessKeyId.StartsWith("AKIA", StringComparison.Ordinal);

    /// <summary>The reason for which STS gives no more than an hour; null where it failed for another one.</summary>
    public static string? Refusal(AmazonServiceException e) =>
        e.ErrorCode != "ValidationError" || !e.Message.Contains("DurationSeconds exceeds", StringComparison.Ordinal) ? null
        : e.Message.Contains("1 hour", StringComparison.Ordinal) ? "STS takes the call for role chaining, which it caps at one hour"
        : "the role's MaxSessionDuration is shorter; raise it or lower DurationSeconds";
}
