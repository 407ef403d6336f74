using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>STS is away for twenty minutes while siblings ask ten times a second.</summary>
public sealed class OutageDrillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(30, 20)]
    [InlineData(55, 20)]
    public async Task R3_An_STS_outage_of_20_minutes_costs_no_answer_while_a_session_lives_and_few_calls(int beginsAfter, int minutes)
    {
        await using var sidecar = await SidecarFixture.StartAsync(null, ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(beginsAfter) - TimeSpan.FromSeconds(1));
        var (before, served, refused, leastLeft) = (sidecar.Sts.Calls.Count, 0, 0, TimeSpan.MaxValue);
        sidecar.Sts.FailWhen = _ => ScriptedSts.Down();

        for (var tenth = 0; tenth < minutes * 600; tenth++)
        {
            await sidecar.AdvanceAsync(TimeSpan.FromMilliseconds(100));

            try
            {
                await sidecar.Tree.Default!.ReadAsync(CancellationToken.None);
                served++;
                var left = sidecar.Tree.Default.Node.Latest!.Remaining(sidecar.Clock.GetUtcNow());
                leastLeft = left < leastLeft ? left : leastLeft;
            }
            catch (CredentialException)
            {
                refused++;
            }
        }

        var during = sidecar.Sts.Calls.Count - before;
        sidecar.Sts.FailWhen = _ => null;
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(2));
        output.WriteLine(
            $"Outage from minute {beginsAfter}, {minutes} min: {served} served, {refused} refused, " +
            $"{during} STS calls, least left {leastLeft}.");

        Assert.Equal((minutes * 600, 0), (served, refused));
        Assert.InRange(during, 0, 16);
        Assert.True(sidecar.Tree.Default!.Node.Latest!.Remaining(sidecar.Clock.GetUtcNow()) > TimeSpan.FromMinutes(27));
    }
}
