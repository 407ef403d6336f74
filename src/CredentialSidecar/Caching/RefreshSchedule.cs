using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Caching;

/// <summary>The arithmetic of renewal: no clock and no I/O.</summary>
/// <param name="nextRandom">A random number from 0 to 1; tests use a fixed one.</param>
internal sealed class RefreshSchedule(RefreshSettings first, Func<double> nextRandom)
{
    private static readonly TimeSpan LeastUse = TimeSpan.FromMinutes(4);

    // The source keeps what it read for as long.
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMinutes(1);

    // An IAM change takes some seconds to propagate after a deployment, so retry a denial soon, five times.
    private static readonly int[] DeniedSeconds = [2, 5, 10, 20, 40, 60, 120, 240, 300];
    private static readonly int[] UnavailableSeconds = [2, 4, 8, 16, 32, 64, 120];

    private RefreshSettings _settings = first;

    /// <summary>A reload replaces these settings; existing sessions keep their renewal time.</summary>
    public RefreshSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set => Volatile.Write(ref _settings, value);
    }

    /// <summary>
    /// A session that ends at once is not renewed without end. AWS gives none under 15 minutes; a test against an STS that does may say
    /// less.
    /// </summary>
    public TimeSpan ShortestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The remaining lifetime that a served session should have (contract R1).</summary>
    public TimeSpan MinimumRemaining => Settings.MinimumRemaining;

    /// <summary>When the session should be renewed.</summary>
    public DateTimeOffset RenewAt(TemporaryCredentials session)
    {
        var settings = Settings;
        var byFraction = session.Lifetime * settings.RenewAtFraction;
        var byRemaining = session.Lifetime - settings.MinimumRemaining;

        // Renew a session that is too short for the minimum at its half-life, not continuously.
        var age = byRemaining < byFraction && byRemaining >= LeastUse ? byRemaining : byFraction;

        // Jitter only moves a renewal forward; moving it back would violate the minimum.
        var wait = age * (1 - settings.JitterFraction * nextRandom());
        return session.IssuedAt + (wait > ShortestWait ? wait : ShortestWait);
    }

    /// <summary>When the source should be read again whose own session is served.</summary>
    /// <remarks>The issuer decides how much life is left, so an earlier read would only find the same session.</remarks>
    public DateTimeOffset ReadAgainAt(TemporaryCredentials session)
    {
        var (early, next) = (session.Expiration - MinimumRemaining, session.IssuedAt + BetweenReads);
        var at = early > next ? early : next;
        return at < session.Expiration ? at : session.Expiration;
    }

    /// <summary>How long to wait after a number of failures in a row.</summary>
    /// <param name="failures">1 for the first.</param>
    public TimeSpan UntilRetry(CredentialFailure failure, int failures)
    {
        var steps = failure is CredentialFailure.Denied or CredentialFailure.InvalidHop or CredentialFailure.SourceRefused
            ? DeniedSeconds
            : UnavailableSeconds;
        var step = TimeSpan.FromSeconds(steps[Math.Clamp(failures, 1, steps.Length) - 1]);
        return step * (1 - Settings.JitterFraction * nextRandom());
    }

    /// <summary>How long a destination's first attempt waits, so that a fleet does not start at the same time.</summary>
    public TimeSpan UntilFirst() => Settings.StartSpread * nextRandom();
}
