using System.Text.Json;
using CredentialSidecar.Emulator.Faults;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class AgentFaultTests : EmulatorTest
{
    [Theory]
    [InlineData(
        nameof(FaultKind.Pending),
        503,
        """{"code":"CredentialsUninitialized","message":"CredentialsV2Request: Credentials uninitialized for ID","HTTPErrorCode":503}""")]
    [InlineData(nameof(FaultKind.Status), 500, """{"code":"InternalServerError","message":"Internal server error","HTTPErrorCode":500}""")]
    [InlineData(nameof(FaultKind.Throttle), 429, "You have reached maximum request limit.")]
    [InlineData(nameof(FaultKind.Empty), 200, "")]
    public async Task A_fault_answers_in_the_agents_words_until_it_is_cleared(string kind, int status, string body)
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, Enum.Parse<FaultKind>(kind)));

        for (var read = 0; read < 2; read++)
        {
            using var response = await Http.GetAsync(Server.CredentialsUri, Cancelled);
            Assert.Equal((status, body), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled)));
        }

        Server.Faults.Clear();
        await ReadTaskRoleAsync();
        Assert.Equal([kind, kind, null], Server.Calls.Agent.Select(read => read.Fault));
    }

    [Fact]
    public async Task A_fault_of_the_agent_spares_the_metadata()
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Status, Times: 1));

        using var metadata = await Http.GetAsync(Server.MetadataUri, Cancelled);

        Assert.Equal(200, (int)metadata.StatusCode);
        Assert.Single(Server.Faults.InForce);
    }

    [Fact]
    public async Task Truncated_html_and_huge_bodies_come_with_status_200()
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Truncated, Times: 1));
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Html, Times: 1));
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Huge, Times: 1));

        var truncated = await Http.GetStringAsync(Server.CredentialsUri, Cancelled);
        var html = await Http.GetStringAsync(Server.CredentialsUri, Cancelled);
        var huge = await Http.GetStringAsync(Server.CredentialsUri, Cancelled);

        Assert.StartsWith("{\"RoleArn\"", truncated, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => Keys.FromAgent(truncated));
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.True(huge.Length > 10_000_000);
        Assert.StartsWith("ASIA", Keys.FromAgent(huge).AccessKeyId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expired_credentials_have_ended()
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.ExpiredSession, Times: 1));

        var expired = await ReadTaskRoleAsync();

        Assert.Equal("2025-12-31T23:59:00Z", expired.Expiration);
        Assert.Equal("ExpiredToken", (await Sts.GetCallerIdentityAsync(expired)).Code);
        Assert.Equal("2026-01-01T06:00:00Z", (await ReadTaskRoleAsync()).Expiration);
    }

    [Fact]
    public async Task A_slow_answer_waits_for_its_time()
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Slow, Times: 1, DelayMilliseconds: 1500));

        var answer = ReadTaskRoleAsync();
        await Clock.UntilWaitingAsync();

        Assert.False(answer.IsCompleted);
        Clock.Advance(TimeSpan.FromMilliseconds(1500));
        await answer;
    }

    [Fact]
    public async Task A_reset_ends_the_connection_without_an_answer()
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Reset, Times: 1));

        await Assert.ThrowsAsync<HttpRequestException>(ReadTaskRoleAsync);

        Assert.Equal((0, "Reset"), (Server.Calls.Agent.Single().Status, Server.Calls.Agent.Single().Fault));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_slow_answer()
    {
        Server.Faults.Add(new Fault(FaultTarget.Agent, FaultKind.Slow, DelayMilliseconds: 3_600_000));
        var answer = ReadTaskRoleAsync();
        await Clock.UntilWaitingAsync();

        await Server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(1.5), Cancelled);

        await Assert.ThrowsAnyAsync<Exception>(() => answer);
    }
}
