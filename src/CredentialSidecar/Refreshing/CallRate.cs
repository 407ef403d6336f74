namespace CredentialSidecar.Refreshing;

/// <summary>How many attempts may begin in a second: a token bucket whose rate follows STS's throttling. For one thread at a time.</summary>
/// <param name="burst">How many may begin at once after a pause.</param>
internal sealed class CallRate(int burst, TimeProvider clock)
{
    private const double Slowest = 2;

    // A second of successes at the full rate doubles the rate.
    private const double Recovery = 1;

    private double _tokens = burst;
    private long _filled = clock.GetTimestamp();
    private long? _slowed;

    /// <summary>How many may begin at once after a pause.</summary>
    public int Burst { get; set; } = burst;

    /// <summary>Attempts a second at present.</summary>
    public double PerSecond { get; private set; } = CallGate.Fastest;

    /// <summary>Whether one more may begin now; it is counted by <see cref="Take"/>.</summary>
    public bool HasToken
    {
        get
        {
            Fill();
            return _tokens >= 1;
        }
    }

    /// <summary>When the next token is there.</summary>
    public TimeSpan UntilNext => Until(Math.Max(0, 1 - _tokens));

    public void Take() => _tokens--;

    /// <summary>How long so many tokens take.</summary>
    public TimeSpan Until(double tokens) => TimeSpan.FromSeconds(tokens / PerSecond) + TimeSpan.FromMilliseconds(1);

    /// <summary>An attempt has ended.</summary>
    /// <param name="isThrottled">Whether STS asked to be called less often.</param>
    public void Adapt(bool isThrottled)
    {
        Fill();

        if (!isThrottled)
        {
            PerSecond = Math.Min(CallGate.Fastest, PerSecond + Recovery);
        }

        // Once for all the calls that were under way together.
        else if (_slowed is not { } last || clock.GetElapsedTime(last) >= TimeSpan.FromSeconds(1))
        {
            PerSecond = Math.Max(Slowest, PerSecond / 2);
            _tokens = Math.Min(_tokens, 0);
            _slowed = clock.GetTimestamp();
        }
    }

    private void Fill()
    {
        var now = clock.GetTimestamp();
        _tokens = Math.Min(Burst, _tokens + (clock.GetElapsedTime(_filled, now).TotalSeconds * PerSecond));
        _filled = now;
    }
}
