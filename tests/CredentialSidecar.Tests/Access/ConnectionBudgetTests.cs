using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Who gets a place, and who has to leave for whom.</summary>
public sealed class ConnectionBudgetTests : ConnectionBudgetTest
{
    [Fact]
    public async Task The_oldest_stranger_leaves_for_a_newcomer()
    {
        var strangers = await AdmitAsync(Open);
        Assert.Empty(Closed);
        await AdmitAsync(2);

        Assert.Equal(strangers[..2], Closed);
        Assert.Equal(Most, Budget.Count);
    }

    [Fact]
    public async Task Nobody_has_to_leave_before_a_request_could_be_read()
    {
        Assert.True(await Budget.AdmitAsync(Make(), CancellationToken.None));
        Clock.Advance(Budget.FairChance / 2);

        for (var i = 1; i < Open; i++)
        {
            Assert.True(await Budget.AdmitAsync(Make(), CancellationToken.None));
        }

        var newcomer = Budget.AdmitAsync(Make(), CancellationToken.None).AsTask();
        Assert.False(newcomer.IsCompleted);
        Clock.Advance(Budget.FairChance);
        Assert.True(await newcomer);
        Assert.Single(Closed);
    }

    [Fact]
    public async Task One_that_waits_for_its_rejection_leaves_before_all_others()
    {
        await AdmitAsync(Open - 1);
        var guesser = Make();
        Assert.True(await Budget.AdmitAsync(guesser, CancellationToken.None));
        Budget.Distrust(guesser);
        Clock.Advance(Budget.FairChance);
        Assert.True(Budget.AdmitAsync(Make(), CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal([guesser], Closed);

        // Told twice, and released afterwards, it counts once.
        Budget.Distrust(guesser);
        Budget.Release(guesser);
        Assert.Equal(Open, Budget.Count);
    }

    [Fact]
    public async Task A_guesser_that_came_just_now_shields_no_silent_connection()
    {
        var silent = await AdmitAsync(Open - 1);
        Clock.Advance(Budget.FairChance * 2);
        var guesser = Make();
        Assert.True(await Budget.AdmitAsync(guesser, CancellationToken.None));
        Budget.Distrust(guesser);

        Assert.True(Budget.AdmitAsync(Make(), CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal([silent[0]], Closed);
    }

    [Fact]
    public async Task At_the_end_all_strangers_without_a_request_are_closed_and_no_client()
    {
        var connections = await AdmitAsync(3);
        Budget.Recognize(connections[0], "web");
        connections[1].Begin();
        Budget.Distrust(connections[2]);
        Budget.CloseStrangers();
        Assert.Equal([connections[2]], Closed);
    }

    [Fact]
    public async Task A_connection_that_is_closed_counts_until_it_is_gone()
    {
        var strangers = await AdmitAsync(Most);
        var first = Budget.AdmitAsync(Make(), CancellationToken.None).AsTask();
        var second = Budget.AdmitAsync(Make(), CancellationToken.None).AsTask();
        Assert.False(first.IsCompleted);

        Budget.Release(strangers[0]);
        Assert.True(await first);
        Assert.Equal(Most, Budget.Count);

        // A connection that never ends does not block others forever.
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await second);
    }
}
