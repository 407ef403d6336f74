using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Caching;

/// <summary>What a GET may do: read, wait a little, or be refused; never start an attempt.</summary>
public sealed class DestinationTests
{
    [Fact]
    public async Task R3_While_STS_is_down_the_session_is_served_until_it_ends_and_GETs_cause_no_calls()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        sidecar.Sts.FailWhen = _ => ScriptedSts.Down();
        var reports = sidecar.Tree.Default!;
        var end = reports.Node.Latest!.Credentials.Expiration;

        while (sidecar.Clock.GetUtcNow() < end - TimeSpan.FromSeconds(10))
        {
            await sidecar.AdvanceAsync(TimeSpan.FromSeconds(10));
            var calls = sidecar.Sts.Calls.Count;

            for (var i = 0; i < 20; i++)
            {
                Assert.NotEmpty((await reports.ReadAsync(CancellationToken.None)).Bytes());
            }

            Assert.Equal(calls, sidecar.Sts.Calls.Count);
        }

        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(10));
        var refused = await Assert.ThrowsAsync<CredentialException>(async () => await reports.ReadAsync(CancellationToken.None));
        Assert.Equal(CredentialFailure.StsUnavailable, refused.Failure);
        Assert.Contains("Next try in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R4_A_first_fetch_is_waited_for_700_ms_at_most()
    {
        var hold = new TaskCompletionSource();
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.Before = _ => hold.Task);
        await WaitForCall(sidecar);

        var read = sidecar.Tree.Default!.ReadAsync(CancellationToken.None).AsTask();
        await sidecar.Clock.UntilWaitingAsync();
        sidecar.Clock.Advance(TimeSpan.FromMilliseconds(699));
        Assert.False(read.IsCompleted);

        sidecar.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CredentialFailure.NotReady, (await Assert.ThrowsAsync<CredentialException>(() => read)).Failure);
        hold.SetResult();
    }

    [Fact]
    public async Task A_GET_that_joins_the_first_attempt_gets_its_session()
    {
        var hold = new TaskCompletionSource();
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.Before = _ => hold.Task);
        await WaitForCall(sidecar);

        var read = sidecar.Tree.Default!.ReadAsync(CancellationToken.None).AsTask();
        hold.SetResult();

        Assert.NotEmpty((await read).Bytes());
        Assert.Single(sidecar.Sts.Calls);
    }

    [Fact]
    public async Task A_GET_after_a_failure_is_refused_at_once_and_starts_nothing()
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ => ScriptedSts.Denied());
        await sidecar.SettleAsync();

        for (var i = 0; i < 50; i++)
        {
            var refused = await Assert.ThrowsAsync<CredentialException>(
                async () => await sidecar.Tree.Default!.ReadAsync(CancellationToken.None));
            Assert.Equal(CredentialFailure.Denied, refused.Failure);
        }

        Assert.Single(sidecar.Sts.Calls);
    }

    [Fact]
    public async Task A_lazy_destination_is_assumed_when_the_first_sibling_asks()
    {
        await using var sidecar = await StartLazyAsync();
        sidecar.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Empty(sidecar.Sts.Calls);

        Assert.NotEmpty((await sidecar.Tree.Default!.ReadAsync(CancellationToken.None)).Bytes());
        Assert.Single(sidecar.Sts.Calls);
    }

    [Fact]
    public async Task A_lazy_destination_is_renewed_while_it_is_asked_for_and_let_go_an_hour_after()
    {
        await using var sidecar = await StartLazyAsync();
        await sidecar.Tree.Default!.ReadAsync(CancellationToken.None);

        for (var i = 0; i < 6; i++)
        {
            await sidecar.Clock.AdvanceAsync(TimeSpan.FromMinutes(30));
            await sidecar.Tree.Default.ReadAsync(CancellationToken.None);
        }

        Assert.InRange(sidecar.Sts.Calls.Count, 6, 8);
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromMinutes(59));
        var before = sidecar.Sts.Calls.Count;
        sidecar.Clock.Advance(TimeSpan.FromHours(5));
        Assert.InRange(sidecar.Sts.Calls.Count, before, before + 1);

        // Woken again, it answers with a new session.
        Assert.NotEmpty((await sidecar.Tree.Default.ReadAsync(CancellationToken.None)).Bytes());
        Assert.True(sidecar.Tree.Default.Node.Latest!.Remaining(sidecar.Clock.GetUtcNow()) > TimeSpan.FromMinutes(50));
    }

    private static async Task<SidecarFixture> StartLazyAsync() =>
        await SidecarFixture.StartAsync(null, ("SIDECAR_Destinations__reports__Lazy", "true"));

    private static Task WaitForCall(SidecarFixture sidecar) =>
        Eventually.HoldsAsync(() => sidecar.Sts.Calls.Count > 0, () => "STS was not called.");
}
