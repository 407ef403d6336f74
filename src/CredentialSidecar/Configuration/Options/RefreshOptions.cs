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
    [Description("What every served session should still have, 16m to 50m, and 4m less than the last hop's DurationSeconds.")]
    public TimeSpan MinimumRemaining { get; set; } = TimeSpan.FromMinutes(20);

    [Description("Share of a wait that is randomly shaved off, 0 to 0.5, so that a fleet does not renew in step.")]
    public double JitterFraction { get; set; } = 0.1;

    [Description("The first attempts are spread over this time, 0s to 60s. For fleets that start all at once.")]
    public TimeSpan StartSpread { get; set; } = TimeSpan.Zero;

    [Description("How many sessions are fetched at once from the STS of each region, 1 to 1000. No more than 200 attempts begin in a second, whatever this says.")]
    public int MaxConcurrentCalls { get; set; } = 32;
}
