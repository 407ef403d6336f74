using CredentialSidecar.Emulator.Faults;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class StsFaultTests : EmulatorTest
{
    [Theory]
    [InlineData(nameof(FaultKind.Throttle), null, 400, "Throttling", "Sender")]
    [InlineData(nameof(FaultKind.Status), null, 500, "InternalFailure", "Receiver")]
    [InlineData(nameof(FaultKind.Status), 503, 503, "ServiceUnavailable", "Receiver")]
    [InlineData(nameof(FaultKind.Deny), null, 403, "AccessDenied", "Sender")]
    public async Task An_error_on_purpose_looks_like_a_real_one_and_goes_away(string kind, int? told, int status, string code, string type)
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, Enum.Parse<FaultKind>(kind), Times: 2, Status: told));

        var replies = new[] { await AssumeReaderAsync(), await AssumeReaderAsync(), await AssumeReaderAsync() };

        Assert.Equal([status, status, 200], replies.Select(reply => reply.Status));
        Assert.Equal((code, type), (replies[0].Code, replies[0]["Type"]));
        Assert.Equal([code, code, "Success"], Server.Calls.Sts.Select(call => call.Outcome));
        Assert.Empty(Server.Faults.InForce);
    }

    [Fact]
    public async Task A_fault_for_one_role_leaves_the_others_alone()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Throttle, RoleArn: DefaultWorld.Reader));

        Assert.Equal(400, (await AssumeReaderAsync()).Status);
        await AssumeReportsAsync();
    }

    [Fact]
    public async Task A_slow_answer_waits_for_its_time()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Slow, DelayMilliseconds: 5000));

        var answer = Sts.GetCallerIdentityAsync(Keys.Developer);
        await Clock.UntilWaitingAsync();
        Assert.Equal((1, 0, false), (Server.Calls.StsArrivals, Server.Calls.Sts.Count, answer.IsCompleted));

        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, (await answer).Status);
        Assert.Equal("Slow", Server.Calls.Sts.Single().Fault);
    }

    [Fact]
    public async Task A_client_that_leaves_a_slow_answer_is_noted()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Slow, DelayMilliseconds: 5000));
        using var impatient = new CancellationTokenSource();

        var answer = Http.GetAsync(Server.StsEndpoint, impatient.Token);
        await Clock.UntilWaitingAsync();
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Eventually.HoldsAsync(() => Server.Calls.Sts.Count == 1, () => "STS was not called.");
        Assert.Equal("Abandoned", Server.Calls.Sts.Single().Outcome);
    }

    [Fact]
    public async Task A_reset_ends_the_connection_without_an_answer()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Reset, Times: 1));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => Sts.GetCallerIdentityAsync(Keys.Developer));

        var socket = Assert.IsType<System.Net.Sockets.SocketException>(failure.GetBaseException());
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, socket.SocketErrorCode);
        Assert.Equal("Reset", Server.Calls.Sts.Single().Outcome);
    }

    [Fact]
    public async Task A_truncated_answer_is_the_first_half_of_the_right_one()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Truncated));

        var reply = await AssumeReaderAsync();

        Assert.StartsWith("<AssumeRoleResponse", reply.Text, StringComparison.Ordinal);
        Assert.Throws<System.Xml.XmlException>(() => reply["Credentials"]);
    }

    [Fact]
    public async Task Html_emptiness_and_hugeness_come_with_status_200()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Html, Times: 1));
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Empty, Times: 1));
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Huge, Times: 1));

        var (html, empty, huge) = (await AssumeReaderAsync(), await AssumeReaderAsync(), await AssumeReaderAsync());

        Assert.Equal((200, "text/html"), (html.Status, html.Response.Content.Headers.ContentType?.MediaType));
        Assert.Equal((200, ""), (empty.Status, empty.Text));
        Assert.True(huge.Text.Length > 10_000_000);
        Assert.StartsWith("ASIA", huge["AccessKeyId"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_session_has_ended_and_is_refused()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.ExpiredSession, Times: 1));

        var reply = await AssumeReaderAsync();

        Assert.Equal("2025-12-31T23:59:00Z", reply["Expiration"]);
        Assert.Equal("ExpiredToken", (await Sts.GetCallerIdentityAsync(reply.Keys)).Code);
    }

    [Fact]
    public async Task A_far_future_is_only_said()
    {
        Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.FarFuture, Times: 1));

        var reply = await AssumeReaderAsync();
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("9999-12-31T23:59:59Z", reply["Expiration"]);
        Assert.Equal("ExpiredToken", (await Sts.GetCallerIdentityAsync(reply.Keys)).Code);
    }

    [Fact]
    public void A_fault_that_makes_no_sense_is_refused() =>
        Assert.Throws<ArgumentException>(() => Server.Faults.Add(new Fault(FaultTarget.Sts, FaultKind.Pending)));

    private async Task<StsReply> AssumeReaderAsync() => await Sts.AssumeRoleAsync(await ReadTaskRoleAsync(), DefaultWorld.Reader);
}
