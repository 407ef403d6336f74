using System.Collections.Concurrent;
using Amazon.Runtime;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The duration to request: over an hour only if long-lived keys sign the call and STS has not refused it before.</summary>
internal sealed class SessionDurations
{
    /// <summary>The maximum for role chaining, and the smallest MaxSessionDuration of a role.</summary>
    public static readonly TimeSpan Chained = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, bool> _capped = new(StringComparer.Ordinal);

    public TimeSpan For(Hop hop, TemporaryCredentials signer) =>
        hop.Duration > Chained && (!IsLongLived(signer) || _capped.ContainsKey(hop.Identity)) ? Chained : hop.Duration;

    /// <summary>Remembers that a hop gets only one hour.</summary>
    /// <returns>Whether this is new.</returns>
    public bool Cap(Hop hop) => _capped.TryAdd(hop.Identity, true);

    /// <summary>Whether these are keys of an IAM user, which begin with AKIA and have no session token.</summary>
    public static bool IsLongLived(TemporaryCredentials signer) =>
        signer.SessionToken.Length == 0 && signer.AccessKeyId.StartsWith("AKIA", StringComparison.Ordinal);

    /// <summary>Why STS allows only one hour; null if the call failed for another reason.</summary>
    public static string? Refusal(AmazonServiceException e) =>
        e.ErrorCode != "ValidationError" || !e.Message.Contains("DurationSeconds exceeds", StringComparison.Ordinal) ? null
        : e.Message.Contains("1 hour", StringComparison.Ordinal) ? "STS treats the call as role chaining, which it limits to one hour"
        : "the role's MaxSessionDuration is shorter; raise it or lower DurationSeconds";
}
