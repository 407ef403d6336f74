using CredentialSidecar.Caching;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

/// <summary>Renews every session before it expires. Besides the <c>renew</c> command, only this class starts attempts.</summary>
/// <remarks>Each destination has a loop, so a failing one backs off alone and never delays others.</remarks>
internal sealed partial class SessionRefresher(
    CurrentTree tree,
    RefreshSchedule schedule,
    CallGate gate,
    Renewer renewer,
    ReadyLatch latch,
    TimeProvider clock,
    IHostApplicationLifetime application,
    SidecarMetrics metrics,
    ILogger<SessionRefresher> logger) : BackgroundService
{
    // Timers stop while a machine sleeps, but the wall clock does not, so limit each wait.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    // From this number on, the first sessions take seconds.
    private const int Many = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<Destination, Loop> _loops = [];
    private CancellationToken? _stopping;

    /// <summary>How many destinations have a loop.</summary>
    public int Loops
    {
        get
        {
            lock (_gate)
            {
                return _loops.Count;
            }
        }
    }

    /// <summary>Ends the loops of removed destinations, and starts loops for new ones.</summary>
    public void Follow()
    {
        lock (_gate)
        {
            // No loops run before the start or after the stop.
            if (_stopping is not { IsCancellationRequested: false } stopping)
            {
                return;
            }

            var wanted = tree().Destinations.ToHashSet();

            foreach (var (destination, loop) in _loops.Where(loop => !wanted.Contains(loop.Key)).ToArray())
            {
                _loops.Remove(destination);
                loop.End.Cancel();
            }

            foreach (var destination in wanted.Where(destination => !_loops.ContainsKey(destination)))
            {
                var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                _loops.Add(destination, new Loop(end, RunAsync(destination, end)));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = application.ApplicationStarted.Register(started.SetResult);
        metrics.ObserveSessions(() => tree().Destinations.Select(d =>
            (d.Name, d.Node.Latest?.Remaining(clock.GetUtcNow()) ?? TimeSpan.Zero, d.Node.LastFailure?.Failures ?? 0)));

        try
        {
            // If a port is in use, the sidecar must end without any STS call.
            await started.Task.WaitAsync(stoppingToken);
            Estimate(tree().Destinations.Count(destination => !destination.Lazy));

            // Without required destinations, the sidecar is ready from the start.
            latch.TrySet(tree());
            _stopping = stoppingToken;
            Follow();
            await new TaskCompletionSource().Task.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Ended());
        }
    }

    private Task[] Ended()
    {
        lock (_gate)
        {
            return [.. _loops.Values.Select(loop => loop.Task)];
        }
    }

    private async Task RunAsync(Destination destination, CancellationTokenSource end)
    {
        using (end)
        {
            try
            {
                await KeepFreshAsync(destination, end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // A reload removed the destination, or the process ends.
            }
        }
    }

    private async Task KeepFreshAsync(Destination destination, CancellationToken end)
    {
        if (!destination.Lazy)
        {
            await Task.Delay(schedule.UntilFirst(), clock, end);
        }

        while (true)
        {
            await destination.WantedAsync(end);
            var seen = destination.Node.State;
            var wait = seen.DueAt - clock.GetUtcNow();

            if (wait > TimeSpan.Zero)
            {
                // A timer counts whole milliseconds; rounded down, it would fire too early and the loop would spin.
                var milliseconds = Math.Ceiling(Math.Min(wait.TotalMilliseconds, LongestWait.TotalMilliseconds));
                await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), clock, end);
            }
            else
            {
                await renewer.RenewAsync(destination, seen, end);
            }
        }
    }

    private void Estimate(int first)
    {
        if (first >= Many)
        {
            var seconds = Math.Max(first / CallGate.Fastest, first * 0.25 / gate.MostAtOnce);
            Log.FirstSessions(logger, first, gate.MostAtOnce, (int)CallGate.Fastest, (int)Math.Ceiling(seconds));
        }
    }

    private sealed record Loop(CancellationTokenSource End, Task Task);

    private static partial class Log
    {
        [LoggerMessage(EventIds.FirstSessions, LogLevel.Information,
            "Fetching {Destinations} first sessions, at most {AtOnce} at once and {Rate} a second: that takes about {Seconds} s where STS "
            + "answers within 250 ms. Give the health check as much time.")]
        public static partial void FirstSessions(ILogger logger, int destinations, int atOnce, int rate, int seconds);
    }
}
