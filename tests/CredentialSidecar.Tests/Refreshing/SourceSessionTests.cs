using System.Net;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>When the source is read for a destination without hops, and what its clients see of it.</summary>
public sealed class SourceSessionTests
{
    private static readonly DateTimeOffset End = VirtualClock.Start.AddHours(6);

    [Fact]
    public async Task The_source_is_read_with_20_minutes_left_and_then_once_a_minute_until_the_session_expires()
    {
        await using var sidecar = await StartAsync();
        Assert.Equal(1, sidecar.Sts.SourceReads);

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(340) - TimeSpan.FromSeconds(1));
        Assert.Equal(1, sidecar.Sts.SourceReads);

        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(2, sidecar.Sts.SourceReads);

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(19));
        Assert.Equal(21, sidecar.Sts.SourceReads);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar));
        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 300);
        Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 307 && line.Text ==
            "The source has no newer session for task than ASIATASK1, which is served until 2026-01-01T06:00:00Z. "
            + "Next read at 2026-01-01T05:41:00Z.");

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(sidecar));
    }

    [Fact]
    public async Task A_session_that_the_source_replaced_is_served_from_the_next_read_on()
    {
        await using var sidecar = await StartAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(345));
        sidecar.Sts.Source = read => Session(read, 2, End.AddHours(6));

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(1));
        var reads = sidecar.Sts.SourceReads;

        Assert.Equal("ASIATASK2", sidecar.Tree.Find("task")!.Node.Latest!.Credentials.AccessKeyId);
        Assert.Equal(2, sidecar.Logs.Lines.Count(line => line.Event.Id == 300));
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(300));
        Assert.Equal(reads, sidecar.Sts.SourceReads);
    }

    [Fact]
    public async Task A_session_is_served_while_the_source_is_down()
    {
        await using var sidecar = await StartAsync();
        sidecar.Sts.SourceFailsWhen = () => new CredentialException(CredentialFailure.SourceUnavailable, "The agent is down.");

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(359));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar));
        Assert.Contains(sidecar.Logs.Lines, line =>
            line.Event.Id == 301 && line.Text.StartsWith("Renewing task failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", true, "a session token")]
    [InlineData("token", false, "an expiration")]
    public async Task A_source_that_comes_to_give_keys_that_cannot_be_served_fails_that_destination_alone(
        string token, bool ends, string lacking)
    {
        await using var sidecar = await StartAsync([]);
        sidecar.Sts.Source = read => read with { SessionToken = token, Expiration = ends ? End.AddHours(6) : DateTimeOffset.MaxValue };

        // The next try after the end is up to five minutes later.
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(366));
        using var answer = await AskAsync(sidecar);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains($"The source gives credentials without {lacking}, so they cannot be served.",
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(sidecar.Logs.Lines, line =>
            line.Event.Id == 302 && line.Text.StartsWith("task has no live session (InvalidHop", StringComparison.Ordinal));
        var reports = await sidecar.Client.GetStringAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
        Assert.Contains(Settings.ReportsRole, reports, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_of_the_source_needs_no_place_among_the_STS_calls()
    {
        var held = new TaskCompletionSource();
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.Before = _ => held.Task,
            [.. SourceDestination.Listed, ("SIDECAR_Destinations__task__Lazy", "true"), ("SIDECAR_Refresh__MaxConcurrentCalls", "1")]);
        await Eventually.HoldsAsync(() => sidecar.Sts.Calls.Count == 1, () => "No call to STS was made.");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar));
        held.SetResult();
    }

    [Fact]
    public async Task No_region_is_needed_where_no_destination_has_hops()
    {
        await using var sidecar = await StartAsync([.. Settings.NoReports, ("AWS_REGION", null)]);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar));
    }

    private static Task<SidecarFixture> StartAsync() => StartAsync(Settings.NoReports);

    private static async Task<SidecarFixture> StartAsync(IEnumerable<(string, string?)> changes)
    {
        var sidecar = await SidecarFixture.StartAsync(
            sts => sts.Source = read => Session(read, 1, End), [.. SourceDestination.Listed, .. changes]);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private static TemporaryCredentials Session(TemporaryCredentials read, int number, DateTimeOffset end) =>
        read with { AccessKeyId = $"ASIATASK{number}", SessionToken = $"{read.SessionToken}{number}", Expiration = end };

    private static async Task<HttpStatusCode> StatusAsync(SidecarFixture sidecar)
    {
        using var answer = await AskAsync(sidecar);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> AskAsync(SidecarFixture sidecar)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/credentials/task");
        request.Headers.TryAddWithoutValidation("Authorization", SourceDestination.App);
        using var client = new HttpClient { BaseAddress = sidecar.Endpoint };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
