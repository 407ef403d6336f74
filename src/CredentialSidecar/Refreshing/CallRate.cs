namespace CredentialSidecar.Refreshing;

/// <summary>The attempts per second: a token bucket whose rate follows STS's throttling. Not thread-safe.</summary>
/// <param name="burst">How many may begin at once after a pause.</param>
internal sealed class CallRate(int burst, TimeProvider clock)
{
    private const double Slowest = 2;

    // One second of successes at the current rate doubles it.
    private const double Recovery = 1;

    private double _tokens = burst;
    private long _filled = clock.GetTimestamp();
    private long? _slowed;

    /// <summary>How many may begin at once after a pause.</summary>
    public int Burst { get; set; } = burst;

    /// <summary>The current attempts per second.</summary>
    public double PerSecond { get; private set; } = CallGate.Fastest;

    /// <summary>Whether one more attempt may begin now; <see cref="Take"/> counts it.</summary>
    public bool HasToken
    {
        get
        {
            Fill();
            return _tokens >= 1;
        }
    }

    /// <summary>When the next token is available.</summary>
    public TimeSpan UntilNext => Until(Math.Max(0, 1 - _tokens));

    public void Take() => _tokens--;

    /// <summary>How long this many tokens take.</summary>
    public TimeSpan Until(double tokens) => TimeSpan.FromSeconds(tokens / PerSecond) + TimeSpan.FromMilliseconds(1);

    /// <summary>Records the end of an attempt.</summary>
    /// <param name="isThrottled">Whether STS throttled the call.</param>
    public void Adapt(bool isThrottled)
    {
        Fill();

        if (!isThrottled)
        {
            PerSecond = Math.Min(CallGate.Fastest, PerSecond + Recovery);
        }

        // Only once for calls that were under way at the same time.
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
