using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>When attempts start, and that nothing but the refresher starts them (contract R1, R3, R5).</summary>
public sealed class SessionRefresherTests
{
    [Fact]
    public async Task R1_A_session_is_renewed_by_half_its_life_without_being_asked_for()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        Assert.Single(sidecar.Sts.Calls);

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(26));
        Assert.Single(sidecar.Sts.Calls);

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(4));
        Assert.Equal(2, sidecar.Sts.Calls.Count);
    }

    [Fact]
    public async Task R1_The_shortest_allowed_session_still_has_20_minutes_at_every_moment()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            changes: ("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", "1500"));
        await sidecar.SettleAsync();

        for (var minute = 0; minute < 120; minute++)
        {
            await sidecar.AdvanceAsync(TimeSpan.FromMinutes(1));
            var left = sidecar.Tree.Default!.Node.Latest!.Remaining(sidecar.Clock.GetUtcNow());
            Assert.InRange(left, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(25));
        }
    }

    [Fact]
    public async Task Unavailable_is_retried_after_2_4_8_seconds_up_to_two_minutes_and_starts_over_once_it_recovers()
    {
        var down = true;
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => down ? ScriptedSts.Down() : null, ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(2 + 4 + 8 + 16 + 32 + 64 + 120 + 120));

        Assert.Equal([0, 2, 6, 14, 30, 62, 126, 246, 366], Seconds(sidecar));

        down = false;
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(120));
        down = true;
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(6));

        Assert.Equal([486, 486 + 1800, 486 + 1802, 486 + 1806], Seconds(sidecar)[9..]);
    }

    [Fact]
    public async Task Denied_is_retried_soon_at_first_and_then_seldom()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => ScriptedSts.Denied(), ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(20));

        Assert.Equal([0, 2, 7, 17, 37, 77, 137, 257, 497, 797, 1097], Seconds(sidecar));
    }

    [Fact]
    public async Task One_destinations_trouble_never_delays_anothers()
    {
        var never = new TaskCompletionSource();
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.Before = call => call.Hop.Role.Name == "stuck" ? never.Task : Task.CompletedTask,
            ("SIDECAR_Destinations__stuck__Hops__0__RoleArn", "arn:aws:iam::555566667777:role/stuck"));

        await sidecar.Clock.AdvanceAsync(TimeSpan.FromHours(2), waiters: 1);

        Assert.InRange(sidecar.Sts.Calls.Count(call => call.Hop.Role.Name == "reports"), 4, 6);
        Assert.True(sidecar.Tree.Find("reports")!.Node.Latest!.IsLive(sidecar.Clock.GetUtcNow()));
        Assert.Null(sidecar.Tree.Find("stuck")!.Node.Latest);
        never.SetResult();
    }

    [Fact]
    public async Task A_source_that_fails_is_paced_and_named()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.SourceFailsWhen = () => new CredentialException(CredentialFailure.SourceUnavailable, "The agent is away."),
            ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(6));

        Assert.Equal(3, sidecar.Sts.SourceReads);
        Assert.Empty(sidecar.Sts.Calls);
        Assert.Contains(
            sidecar.Logs.Lines,
            line => line.Event.Id == 302 && line.Text.Contains("The agent is away.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_attempts_are_spread_only_where_a_fleet_setting_asks_for_it()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            null, ("SIDECAR_Refresh__StartSpread", "60s"), ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.InRange(Assert.Single(sidecar.Sts.Calls).At - VirtualClock.Start, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Advice_is_logged_with_the_first_failure_and_not_with_each()
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ =>
            new CredentialException(CredentialFailure.Denied, "No.") { Advice = "Look there." });
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(5));

        var lines = sidecar.Logs.Lines.Where(line => line.Event.Id == 302).Select(line => line.Text).ToArray();
        Assert.True(lines.Length > 5);
        Assert.Contains("Look there.", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(lines[1..], line => line.Contains("Look there.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(8_000, 0)]
    [InlineData(9_000, 1)]
    public async Task R6_An_answer_larger_than_the_CRT_reads_is_an_error_in_the_log(int padding, int lines)
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.Padding = new string('x', padding));
        await sidecar.SettleAsync();
        Assert.Equal(lines, sidecar.Logs.Lines.Count(line => line.Event.Id == 304));
    }

    private static double[] Seconds(SidecarFixture sidecar) =>
        [.. sidecar.Sts.Calls.Select(call => (call.At - VirtualClock.Start).TotalSeconds)];
}
