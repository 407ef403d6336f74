using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>When a session is renewed and how failed attempts are paced.</summary>
internal sealed class RefreshOptions
{
    [Description("Share of a session's lifetime that may pass before it is renewed, 0.1 to 0.9.")]
    public double RenewAtFraction { get; set; } = 0.5;

    /// <remarks>
    /// The .NET SDK v4 treats credentials as stale 16 minutes early and botocore 15; below that each
    /// API call of theirs comes back here. Four minutes more cover clock skew and jitter (contract R1).
    /// </remarks>
    [Description(
        "The remaining lifetime that every served session should have, 16m to 50m, and at least 4m less than the last hop's "
        + "DurationSeconds.")]
    public TimeSpan MinimumRemaining { get; set; } = TimeSpan.FromMinutes(20);

    [Description("Random share by which waits are shortened, 0 to 0.5, so that a fleet does not renew at the same time.")]
    public double JitterFraction { get; set; } = 0.1;

    [Description("The time over which the first attempts are spread, 0s to 60s. For fleets that start at the same time.")]
    public TimeSpan StartSpread { get; set; } = TimeSpan.Zero;

    [Description(
        "How many sessions are requested at once from the STS of each region, 1 to 1000. "
        + "At most 200 attempts begin per second, regardless of this value.")]
    public int MaxConcurrentCalls { get; set; } = 32;
}
