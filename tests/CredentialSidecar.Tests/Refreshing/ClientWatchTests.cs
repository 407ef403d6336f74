using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>The silent case: all is well, and every sibling acts as the task role (contract R16).</summary>
public sealed class ClientWatchTests
{
    private const int NobodyAsked = 305;

    [Fact]
    public async Task R16_When_nobody_asks_within_three_minutes_after_ready_one_warning_says_why()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromMinutes(2.9), waiters: 2);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id == NobodyAsked);

        await sidecar.Clock.AdvanceAsync(TimeSpan.FromHours(2), waiters: 1);
        var line = Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == NobodyAsked);
        Assert.Contains("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R16_One_client_is_enough_to_stay_silent()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Clock.UntilWaitingAsync(2);
        (await sidecar.Client.GetAsync("/v1/credentials", TestContext.Current.CancellationToken)).Dispose();
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromMinutes(10), waiters: 1);

        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id == NobodyAsked);
    }

    [Fact]
    public async Task R16_A_client_with_a_wrong_token_is_no_client()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Clock.UntilWaitingAsync(2);
        using var stranger = new HttpClient { BaseAddress = sidecar.Endpoint };
        (await stranger.GetAsync("/v1/credentials", TestContext.Current.CancellationToken)).Dispose();
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromMinutes(10), waiters: 1);

        Assert.Contains(sidecar.Logs.Lines, line => line.Event.Id == NobodyAsked);
    }

    [Fact]
    public async Task Nothing_is_said_while_there_is_nothing_to_ask_for()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => ScriptedSts.Down(), ("SIDECAR_Health__NoClientAfter", "3m"));
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromMinutes(10), waiters: 2);

        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id == NobodyAsked);
    }

    private static Task<SidecarFixture> StartAsync() => SidecarFixture.StartAsync(null, ("SIDECAR_Health__NoClientAfter", "3m"));
}
