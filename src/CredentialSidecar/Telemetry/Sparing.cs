namespace CredentialSidecar.Telemetry;

/// <summary>Lets a log line through once in a while, and counts those between.</summary>
internal sealed class Sparing(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _last;
    private int _since;

    /// <param name="before">How many were not let through since the last one that was.</param>
    public bool IsDue(out int before)
    {
        lock (_gate)
        {
            (before, var isDue) = (_since, _last is not { } last || clock.GetElapsedTime(last) >= Pause);
            (_last, _since) = isDue ? (clock.GetTimestamp(), 0) : (_last, _since + 1);
            return isDue;
        }
    }
}
