namespace CredentialSidecar.Configuration;

/// <summary>When a session is renewed and how failed attempts are paced.</summary>
internal sealed class RefreshOptions
{
    /// <summary>Share of a session's lifetime that may pass before it is renewed, 0.1 to 0.9.</summary>
    public double RenewAtFraction { get; set; } = 0.5;

    /// <summary>What every served session should still have, 16 min to 50 min.</summary>
    /// <remarks>
    /// The .NET SDK v4 treats credentials as stale 16 minutes early and botocore 15; below that each
    /// API call of theirs comes back here. Four minutes more cover clock skew and jitter (contract R1).
    /// </remarks>
    public TimeSpan MinimumRemaining { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>Share of a wait that is randomly shaved off, 0 to 0.5, so that a fleet does not renew in step.</summary>
    public double JitterFraction { get; set; } = 0.1;

    /// <summary>The first attempts are spread over this time, 0 s to 60 s. For fleets that start all at once.</summary>
    public TimeSpan StartSpread { get; set; } = TimeSpan.Zero;
}
