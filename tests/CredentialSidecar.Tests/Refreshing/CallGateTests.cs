using CredentialSidecar.Chains;
using CredentialSidecar.Refreshing;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>How many attempts run at once and begin in a second, and which goes first.</summary>
public sealed class CallGateTests
{
    private const string Region = "eu-central-1";

    private readonly VirtualClock _clock = new();
    private readonly CallGate _gate;

    public CallGateTests() => _gate = new CallGate(2, _clock);

    [Fact]
    public async Task No_more_than_the_limit_run_at_once_in_a_region()
    {
        await Enter();
        await Enter();
        var third = Enter();
        Assert.False(third.IsCompleted);

        // Another region's STS may answer.
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _gate.EnterAsync("us-east-1", () => false, CancellationToken.None);
        Assert.False(third.IsCompleted);

        _gate.Leave(Region, isThrottled: false);
        await third;
    }

    [Fact]
    public async Task Whoever_is_waited_for_goes_first_also_if_that_begins_later()
    {
        await Enter();
        await Enter();
        var isUrgent = false;
        Task[] waiting = [Enter(), _gate.EnterAsync(Region, () => isUrgent, CancellationToken.None), Enter()];
        _clock.Advance(TimeSpan.FromSeconds(1));
        isUrgent = true;

        _gate.Leave(Region, isThrottled: false);
        await waiting[1];
        Assert.Equal([false, true, false], waiting.Select(task => task.IsCompleted));

        _gate.Leave(Region, isThrottled: false);
        await waiting[0];
    }

    [Fact]
    public async Task Two_hundred_begin_in_a_second_after_the_first_few()
    {
        var gate = new CallGate(1000, _clock);
        var entered = Enumerable.Range(0, 1500).Select(_ => gate.EnterAsync(Region, () => false, CancellationToken.None)).ToArray();
        Assert.Equal(1000, entered.Count(task => task.IsCompleted));

        for (var i = 0; i < 1000; i++)
        {
            gate.Leave(Region, isThrottled: false);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => entered.Count(task => task.IsCompleted) >= 1190);
        Assert.InRange(entered.Count(task => task.IsCompleted), 1190, 1210);

        _clock.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(entered);
    }

    [Fact]
    public async Task Throttling_halves_the_rate_once_in_a_second_and_successes_restore_it()
    {
        await ThrottleAsync();
        Assert.Equal(100, _gate.Rate);
        await ThrottleAsync();
        Assert.Equal(100, _gate.Rate);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await ThrottleAsync();
        Assert.Equal(50, _gate.Rate);

        for (var second = 0; second < 20; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await ThrottleAsync();
        }

        Assert.Equal(2, _gate.Rate);

        for (var i = 0; i < 300; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Enter();
            _gate.Leave(Region, isThrottled: false);
        }

        Assert.Equal(200, _gate.Rate);
    }

    [Fact]
    public async Task A_long_queue_moves_on_by_itself_after_the_rate_has_fallen()
    {
        var gate = new CallGate(1000, _clock);
        await gate.EnterAsync(Region, () => false, CancellationToken.None);
        gate.Leave(Region, isThrottled: true);
        var queue = Enumerable.Range(0, 900).Select(_ => gate.EnterAsync(Region, () => false, CancellationToken.None)).ToArray();

        for (var second = 0; second < 7; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            gate.Leave(Region, isThrottled: true);
        }

        Assert.Equal(2, gate.Rate);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var before = queue.Count(task => task.IsCompleted);

        // Nothing ends or comes meanwhile that could wake the queue.
        _clock.Advance(TimeSpan.FromSeconds(20));
        await UntilAsync(() => queue.Count(task => task.IsCompleted) >= before + 35);
        Assert.InRange(queue.Count(task => task.IsCompleted), before + 35, before + 45);
    }

    [Fact]
    public async Task Whoever_stops_waiting_takes_no_place()
    {
        await Enter();
        await Enter();
        using var stop = new CancellationTokenSource();
        var gone = _gate.EnterAsync(Region, () => false, stop.Token);
        var next = Enter();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        _clock.Advance(TimeSpan.FromSeconds(1));
        _gate.Leave(Region, isThrottled: false);
        await next;
    }

    [Fact]
    public async Task At_a_start_calls_are_bounded_and_a_destination_that_a_sibling_asks_for_comes_first()
    {
        var (running, most, gate) = (0, 0, new Lock());
        var hold = new TaskCompletionSource();
        var many = Enumerable.Range(0, 60).SelectMany(i => Settings.Destination($"d{i:00}", $"arn:aws:iam::555566667777:role/r{i:00}"));
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.Before = async _ =>
            {
                Count(1);
                await hold.Task;
                Count(-1);
            },
            [.. many, ("SIDECAR_Refresh__MaxConcurrentCalls", "4")]);

        await UntilAsync(() => most == 4);
        var asked = sidecar.Tree.Find("d59")!.ReadAsync(CancellationToken.None).AsTask();
        hold.SetResult();
        await UntilAsync(() =>
        {
            sidecar.Clock.Advance(TimeSpan.FromMilliseconds(5));
            return sidecar.Sts.Calls.Count >= 61;
        });

        Assert.Equal(4, most);
        Assert.InRange(sidecar.Sts.Calls.Index().First(call => call.Item.Hop.Role.Name == "r59").Index, 4, 6);
        Assert.True((await Record.ExceptionAsync(() => asked) as CredentialException)?.Failure is null or CredentialFailure.NotReady);

        void Count(int change)
        {
            lock (gate)
            {
                running += change;
                most = Math.Max(most, running);
            }
        }
    }

    private Task Enter() => _gate.EnterAsync(Region, () => false, CancellationToken.None);

    private async Task ThrottleAsync()
    {
        var entered = Enter();

        while (!entered.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(5));

            // A caller that is admitted continues on its own thread.
            await Task.WhenAny(entered, Task.Delay(5));
        }

        await entered;
        _gate.Leave(Region, isThrottled: true);
    }

    private static Task UntilAsync(Func<bool> holds) => Eventually.HoldsAsync(holds, () => "It did not come to that.");
}
