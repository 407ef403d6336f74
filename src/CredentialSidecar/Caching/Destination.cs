using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>A configured destination: its name, and the node at the end of its role chain.</summary>
internal sealed class Destination(string name, SessionNode node, bool lazy, RefreshSchedule schedule, TimeProvider clock)
{
    /// <summary>SDKs give up after 1 s, and two of them never retry (contract R4).</summary>
    public static readonly TimeSpan LongestJoin = TimeSpan.FromMilliseconds(700);

    // SDKs return at the latest when a session of one hour ends.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromHours(1);

    // Longer than SDKs pause between retries.
    private static readonly TimeSpan AwaitedFor = TimeSpan.FromSeconds(10);

    private long _askedAt;
    private TaskCompletionSource? _sleep;

    public string Name => name;

    public SessionNode Node => node;

    public bool Lazy => lazy;

    /// <summary>Whether a sibling with a valid token has requested it since the start.</summary>
    public bool WasAsked => Interlocked.Read(ref _askedAt) > 0;

    /// <summary>Whether a recent request of a sibling failed, so that it will retry.</summary>
    public bool IsAwaited =>
        node.Latest?.IsLive(clock.GetUtcNow()) != true && clock.GetUtcNow().UtcTicks - Interlocked.Read(ref _askedAt) < AwaitedFor.Ticks;

    /// <summary>The session to serve. Never starts an attempt, and never waits longer than <see cref="LongestJoin"/>.</summary>
    /// <exception cref="CredentialException">No live session exists.</exception>
    public ValueTask<Session> ReadAsync(CancellationToken cancellationToken)
    {
        // Read first, so that an attempt which ends meanwhile is not missed.
        var outcome = node.Outcome;
        var now = clock.GetUtcNow();
        var woken = Wake(now);

        if (node.Latest is not { } latest || !latest.IsLive(now))
        {
            return woken || node.IsAttempting || node.LastFailure is null ? JoinAsync(outcome, cancellationToken) : throw Refused();
        }

        // A lazy destination may have a session with little time left; a new one is on its way.
        return woken && latest.Remaining(now) < schedule.MinimumRemaining ? JoinAsync(outcome, cancellationToken) : new(latest);
    }

    /// <summary>Completes once a sibling has requested the destination within the last hour; at once if it is not lazy.</summary>
    public async Task WantedAsync(CancellationToken cancellationToken)
    {
        while (lazy)
        {
            var sleep = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _sleep, sleep);

            // A request that arrived before _sleep was set has nothing to signal, so check _askedAt once more.
            if (clock.GetUtcNow().UtcTicks - Interlocked.Read(ref _askedAt) < IdleAfter.Ticks)
            {
                Volatile.Write(ref _sleep, null);
                return;
            }

            await sleep.Task.WaitAsync(cancellationToken);
        }
    }

    private async ValueTask<Session> JoinAsync(Task outcome, CancellationToken cancellationToken)
    {
        try
        {
            await outcome.WaitAsync(LongestJoin, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Decide by the current state.
        }

        return node.Latest is { } latest && latest.IsLive(clock.GetUtcNow()) ? latest : throw Refused();
    }

    private bool Wake(DateTimeOffset now)
    {
        Interlocked.Exchange(ref _askedAt, now.UtcTicks);
        return Interlocked.Exchange(ref _sleep, null)?.TrySetResult() == true;
    }

    private CredentialException Refused()
    {
        var now = clock.GetUtcNow();

        if (node.LastFailure is not { } failure)
        {
            var which = node.Latest is null ? "first" : "next";
            return new CredentialException(CredentialFailure.NotReady,
                $"Destination '{name}' is not ready: its {which} session is being requested. Retry in a few seconds.");
        }

        var seconds = Math.Max(0, Math.Ceiling((failure.Until - now).TotalSeconds));
        return new CredentialException(failure.Cause.Failure,
            $"{failure.Cause.Message} Next try {(seconds > 0 ? $"in {seconds:0} s" : "now")}.", failure.Cause);
    }
}
