using System.Globalization;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

/// <summary>Keeps every session fresh ahead of its expiry; nothing else starts attempts.</summary>
/// <remarks>One loop per destination: one that fails backs off alone and never delays its neighbours.</remarks>
internal sealed partial class SessionRefresher(
    SessionTree tree,
    RefreshSchedule schedule,
    CallGate gate,
    TimeProvider clock,
    IHostApplicationLifetime application,
    SidecarMetrics metrics,
    ILogger<SessionRefresher> logger) : BackgroundService
{
    // Timers stand still while a machine sleeps and the wall clock does not, so no wait is longer than this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    // From here on the first sessions take seconds.
    private const int Many = 200;

    private readonly FailureLog _failures = new(tree, clock, logger);
    private int _announced;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = application.ApplicationStarted.Register(started.SetResult);
        metrics.ObserveSessions(() => tree.Destinations.Select(d => (d.Name, d.Node.Latest?.Remaining(clock.GetUtcNow()) ?? TimeSpan.Zero, d.Node.Refusal?.Failures ?? 0)));

        try
        {
            // A sidecar that finds its port taken must not have asked STS for anything.
            await started.Task.WaitAsync(stoppingToken);
            Estimate(tree.Destinations.Count(destination => !destination.Lazy));
            await Task.WhenAll(tree.Destinations.Select(destination => KeepFreshAsync(destination, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task KeepFreshAsync(Destination destination, CancellationToken stoppingToken)
    {
        if (!destination.Lazy)
        {
            await Task.Delay(schedule.UntilFirst(), clock, stoppingToken);
        }

        while (true)
        {
            await destination.WantedAsync(stoppingToken);
            var seen = destination.Node.State;
            var wait = seen.DueAt - clock.GetUtcNow();

            if (wait > TimeSpan.Zero)
            {
                // A timer counts whole milliseconds: rounded down, it would fire too early and the loop spin.
                var milliseconds = Math.Ceiling(Math.Min(wait.TotalMilliseconds, LongestWait.TotalMilliseconds));
                await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), clock, stoppingToken);
            }
            else
            {
                await RenewAsync(destination, seen, stoppingToken);
            }
        }
    }

    private async Task RenewAsync(Destination destination, NodeState seen, CancellationToken stoppingToken)
    {
        var (node, region, isThrottled) = (destination.Node, destination.Node.Hop.Region, false);
        await gate.EnterAsync(region, () => destination.IsAwaited, stoppingToken);
        var started = clock.GetTimestamp();
        using var span = Span.Renewing(destination.Name);

        try
        {
            var session = await node.RenewAsync(seen, stoppingToken);
            metrics.Renewed(destination.Name, clock.GetElapsedTime(started));
            span.Succeeded();
            _failures.Recovered(destination);
            Log.Renewed(logger, destination.Name, node.Hop.Role.Text, session.Credentials.AccessKeyId, Iso(session.Credentials.Expiration), Iso(session.RenewAt));
            AnnounceReadiness();

            if (session.Length > Session.LargestBody)
            {
                Log.BodyTooLarge(logger, destination.Name, session.Length, Session.LargestBody);
            }
        }
        catch (CredentialException e)
        {
            metrics.RenewalFailed(destination.Name, e.Failure, clock.GetElapsedTime(started));
            span.Failed(e);
            _failures.Report(destination, e);
            isThrottled = e.Failure == CredentialFailure.Throttled;
        }
        finally
        {
            gate.Leave(region, isThrottled);
        }
    }

    internal static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private void Estimate(int first)
    {
        if (first >= Many)
        {
            var seconds = Math.Max(first / CallGate.Fastest, first * 0.25 / gate.MostAtOnce);
            Log.FirstSessions(logger, first, gate.MostAtOnce, (int)CallGate.Fastest, (int)Math.Ceiling(seconds));
        }
    }

    private void AnnounceReadiness()
    {
        if (tree.Destinations.All(d => d.Lazy || d.Node.Latest is not null) && Interlocked.Exchange(ref _announced, 1) == 0)
        {
            Log.Ready(logger, tree.Destinations.Count(d => !d.Lazy), tree.Nodes);
        }
    }
}
