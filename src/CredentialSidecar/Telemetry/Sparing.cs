namespace CredentialSidecar.Telemetry;

/// <summary>Limits how often a log line is written, and counts the suppressed ones.</summary>
internal sealed class Sparing(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _last;
    private int _since;

    /// <param name="before">How many were suppressed since the last written one.</param>
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
