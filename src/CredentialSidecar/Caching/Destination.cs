using CredentialSidecar.Chains;

namespace CredentialSidecar.Caching;

/// <summary>A configured name: a pointer to the node at the end of its role chain.</summary>
internal sealed class Destination(string name, SessionNode node, bool lazy, RefreshSchedule schedule, TimeProvider clock)
{
    /// <summary>SDKs give up after one second, and two of them never try again (contract R4).</summary>
    public static readonly TimeSpan LongestJoin = TimeSpan.FromMilliseconds(700);

    // SDKs come back at the latest when a session of one hour ends.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromHours(1);

    // Longer than SDKs pause between their tries.
    private static readonly TimeSpan AwaitedFor = TimeSpan.FromSeconds(10);

    private long _askedAt;
    private TaskCompletionSource? _sleep;

    public string Name => name;

    public SessionNode Node => node;

    public bool Lazy => lazy;

    /// <summary>A sibling with the right token has asked for it since the start.</summary>
    public bool WasAsked => Interlocked.Read(ref _askedAt) > 0;

    /// <summary>A sibling has lately asked for it in vain, and will ask again.</summary>
    public bool IsAwaited => node.Latest?.IsLive(clock.GetUtcNow()) != true && clock.GetUtcNow().UtcTicks - Interlocked.Read(ref _askedAt) < AwaitedFor.Ticks;

    /// <summary>The session to answer a sibling with. Never starts an attempt, and never waits longer than <see cref="LongestJoin"/>.</summary>
    /// <exception cref="CredentialException">There is no live session.</exception>
    public ValueTask<Session> ReadAsync(CancellationToken cancellationToken)
    {
        // Before anything else is read, so that an attempt which ends meanwhile is not missed.
        var outcome = node.Outcome;
        var now = clock.GetUtcNow();
        var woken = Wake(now);

        if (node.Latest is not { } latest || !latest.IsLive(now))
        {
            return woken || node.IsAttempting || node.Refusal is null ? JoinAsync(outcome, cancellationToken) : throw Refused();
        }

        // A lazy destination that slept may hold a session with little left; a new one is on its way.
        return woken && latest.Remaining(now) < schedule.MinimumRemaining ? JoinAsync(outcome, cancellationToken) : new(latest);
    }

    /// <summary>Returns when someone has asked within the last hour; at once where the destination is not lazy.</summary>
    public async Task WantedAsync(CancellationToken cancellationToken)
    {
        while (lazy)
        {
            var sleep = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _sleep, sleep);

            // Whoever asked before the bed was made could not wake us.
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
            // What there is by now decides.
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

        if (node.Refusal is not { } refusal)
        {
            var which = node.Latest is null ? "first" : "next";
            return new CredentialException(CredentialFailure.NotReady, $"Destination '{name}' is not ready: its {which} session is being fetched. Try again in a few seconds.");
        }

        var seconds = Math.Max(0, Math.Ceiling((refusal.Until - now).TotalSeconds));
        return new CredentialException(refusal.Cause.Failure, $"{refusal.Cause.Message} Next try {(seconds > 0 ? $"in {seconds:0} s" : "now")}.", refusal.Cause);
    }
}
