namespace CredentialSidecar.Access;

/// <summary>What the throttle remembers of one peer: two token buckets and its recent request rate.</summary>
internal sealed class PeerRecord
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromHours(1);

    // Three windows of ten seconds, each with more than one request a second (contract R19).
    private const int HotWindows = 3;
    private const int FreeRefusals = 10;
    private static readonly TimeSpan ForgivenEach = TimeSpan.FromSeconds(6);

    private readonly Lock _gate = new();
    private DateTimeOffset _seen;
    private DateTimeOffset _windowBegan;
    private DateTimeOffset _hammerWarned;
    private DateTimeOffset _refusalsWarned;
    private double _spent;
    private double _refusals;
    private DateTimeOffset _refused;
    private int _inWindow;
    private int _hot;

    public bool IsIdle(DateTimeOffset now)
    {
        lock (_gate)
        {
            return now - _seen > Forgotten && now - _refused > Forgotten;
        }
    }

    /// <param name="perSecond">The sustained rate; bursts may be twice as large.</param>
    /// <returns>Whether the request is admitted, and whether a warning is due.</returns>
    public (bool IsAdmitted, bool Hammers) Count(DateTimeOffset now, int perSecond)
    {
        lock (_gate)
        {
            // If the clock is set back, the bucket does not change.
            _spent = Math.Max(0, _spent - (Math.Max(0, (now - _seen).TotalSeconds) * perSecond));
            _seen = now;
            var hammers = CountWindow(now);
            var isAdmitted = _spent < 2 * perSecond;
            _spent += isAdmitted ? 1 : 0;
            return (isAdmitted, hammers);
        }
    }

    /// <returns>Whether this rejection is within the allowance, and whether it is the first one beyond it.</returns>
    public (bool IsFree, bool IsFirst) CountRefusal(DateTimeOffset now)
    {
        lock (_gate)
        {
            _refusals = Math.Clamp(_refusals - ((now - _refused) / ForgivenEach), 0, FreeRefusals) + 1;
            _refused = now;
            var isFree = _refusals <= FreeRefusals;
            return (isFree, !isFree && IsDue(ref _refusalsWarned, now));
        }
    }

    /// <summary>Whether the next rejection would exceed the allowance.</summary>
    public bool HasFreeRefusal(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _refusals - ((now - _refused) / ForgivenEach) <= FreeRefusals - 1;
        }
    }

    private bool CountWindow(DateTimeOffset now)
    {
        if (now - _windowBegan >= Window)
        {
            // Otherwise a window without requests lies between them.
            _hot = _inWindow > Window.TotalSeconds && now - _windowBegan < 2 * Window ? _hot + 1 : 0;
            (_windowBegan, _inWindow) = (now, 0);
        }

        _inWindow++;
        return _hot >= HotWindows && IsDue(ref _hammerWarned, now);
    }

    private static bool IsDue(ref DateTimeOffset last, DateTimeOffset now)
    {
        var isDue = now - last >= BetweenWarnings;
        last = isDue ? now : last;
        return isDue;
    }
}
