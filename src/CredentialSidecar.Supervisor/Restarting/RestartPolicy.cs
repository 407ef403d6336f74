namespace CredentialSidecar.Supervisor.Restarting;

/// <summary>Decides whether and when an ended program is started again.</summary>
/// <remarks>It has no clock: times are milliseconds that only move forward.</remarks>
internal sealed class RestartPolicy
{
    public const int Most = 5;
    public const long Window = 60_000;

    private const long FirstPause = 100, LongestPause = 5_000;

    // Told to stop, a wrong command line, a port that is taken, a wrong configuration, a second signal: a restart changes none of these.
    private static readonly int[] Final =
        [ExitCodes.Ok, ExitCodes.Usage, ExitCodes.Unavailable, ExitCodes.Configuration, ExitCodes.Terminated];

    private readonly Queue<long> _restarts = new();

    /// <summary>How many restarts there were since the program last ran for a minute.</summary>
    public int Restarts { get; private set; }

    /// <param name="isRestarted">Whether this was a restart. Its ports are then held, so a failure to listen may be temporary.</param>
    public static bool IsFinal(ChildEnd end, bool isRestarted) =>
        end.Signal == 0 && Array.IndexOf(Final, end.Code) >= 0 && !(isRestarted && end.Code == ExitCodes.Unavailable);

    /// <param name="started">When the ended program was started.</param>
    /// <returns>How long to wait before the next start; null where there were too many within a minute.</returns>
    public long? Next(long started, long now)
    {
        if (now - started >= Window)
        {
            Restarts = 0;
            _restarts.Clear();
        }

        while (_restarts.TryPeek(out var oldest) && now - oldest > Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count == Most)
        {
            return null;
        }

        _restarts.Enqueue(now);
        Restarts++;
        return Restarts == 1 ? 0 : Math.Min(FirstPause << Math.Min(Restarts - 2, 10), LongestPause);
    }
}
