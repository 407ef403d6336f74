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
    TimeProvider clock,
    IHostApplicationLifetime application,
    SidecarMetrics metrics,
    ILogger<SessionRefresher> logger) : BackgroundService
{
    // Timers stand still while a machine sleeps and the wall clock does not, so no wait is longer than this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private int _announced;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = application.ApplicationStarted.Register(started.SetResult);
        metrics.ObserveSessions(() => tree.Destinations.Select(d => (d.Name, d.Node.Latest?.Remaining(clock.GetUtcNow()) ?? TimeSpan.Zero)));

        try
        {
            // A sidecar that finds its port taken must not have asked STS for anything.
            await started.Task.WaitAsync(stoppingToken);
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

        string? advised = null;

        while (true)
        {
            await destination.WantedAsync(stoppingToken);
            var wait = destination.Node.DueAt - clock.GetUtcNow();

            if (wait > TimeSpan.Zero)
            {
                // A timer counts whole milliseconds: rounded down, it would fire too early and the loop spin.
                var milliseconds = Math.Ceiling(Math.Min(wait.TotalMilliseconds, LongestWait.TotalMilliseconds));
                await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), clock, stoppingToken);
            }
            else
            {
                advised = await RenewAsync(destination, advised, stoppingToken);
            }
        }
    }

    /// <param name="advised">What this destination's last line advised: long advice is not given twice in a row.</param>
    /// <returns>What is advised now.</returns>
    private async Task<string?> RenewAsync(Destination destination, string? advised, CancellationToken stoppingToken)
    {
        var node = destination.Node;
        var started = clock.GetTimestamp();

        try
        {
            var session = await node.RenewAsync(stoppingToken);
            metrics.Renewed(destination.Name, clock.GetElapsedTime(started));
            Log.Renewed(logger, destination.Name, node.Hop.Role.Text, session.Credentials.AccessKeyId, Iso(session.Credentials.Expiration), Iso(session.RenewAt));
            AnnounceReadiness();

            if (session.Length > Session.LargestBody)
            {
                Log.BodyTooLarge(logger, destination.Name, session.Length, Session.LargestBody);
            }

            return null;
        }
        catch (CredentialException e)
        {
            metrics.RenewalFailed(destination.Name, e.Failure, clock.GetElapsedTime(started));
            var (retryIn, attempt) = node.Refusal is { } refusal
                ? (Math.Round((refusal.Until - clock.GetUtcNow()).TotalSeconds, 1), refusal.Failures) : (0, 1);
            var hint = (e.RequestId is null ? "" : $" STS request id {e.RequestId}.") + (e.Advice is null || e.Advice == advised ? "" : $" {e.Advice}");
            var fault = e.Failure == CredentialFailure.Internal ? e : null;

            if (node.Latest is { } latest && latest.IsLive(clock.GetUtcNow()))
            {
                Log.RenewalFailed(logger, destination.Name, e.Failure, attempt, e.Message, retryIn, Iso(latest.Credentials.Expiration), hint, fault);
            }
            else
            {
                Log.NoSession(logger, destination.Name, e.Failure, attempt, e.Message, retryIn, hint, fault);
            }

            return e.Advice;
        }
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private void AnnounceReadiness()
    {
        if (tree.Destinations.All(d => d.Lazy || d.Node.Latest is not null) && Interlocked.Exchange(ref _announced, 1) == 0)
        {
            Log.Ready(logger, tree.Destinations.Count(d => !d.Lazy), tree.Nodes);
        }
    }
}
