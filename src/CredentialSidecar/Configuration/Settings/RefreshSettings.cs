using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>When a session is renewed and how failed attempts are paced.</summary>
/// <param name="RenewAtFraction">Share of a session's lifetime that may pass before it is renewed, 0.1 to 0.9.</param>
/// <param name="MinimumRemaining">What every served session should still have, 16 to 50 minutes.</param>
/// <param name="JitterFraction">Random share by which waits are shortened, 0 to 0.5.</param>
/// <param name="StartSpread">The first attempts are spread over this time, up to a minute.</param>
/// <param name="MaxConcurrentCalls">How many sessions are fetched at once from the STS of each region, 1 to 1000.</param>
internal sealed record RefreshSettings(double RenewAtFraction, TimeSpan MinimumRemaining, double JitterFraction, TimeSpan StartSpread,
    int MaxConcurrentCalls)
{
    /// <summary>What holds where nothing is configured.</summary>
    public static RefreshSettings Default { get; } = Of(new RefreshOptions());

    public static RefreshSettings Of(RefreshOptions options) =>
        new(options.RenewAtFraction, options.MinimumRemaining, options.JitterFraction, options.StartSpread, options.MaxConcurrentCalls);
}
