using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>One cause is one line, however many destinations it holds up.</summary>
public sealed class FailureLogTests
{
    private const string Shared = "arn:aws:iam::555566667777:role/shared";

    [Fact]
    public async Task A_shared_hop_that_fails_is_one_line_that_names_the_destinations_it_holds_up()
    {
        await using var sidecar = await StartSharedAsync(
            sts => sts.FailWhen = call => call.Hop.Role.Name == "shared" ? ScriptedSts.Denied() : null);

        Assert.StartsWith(
            "a, b, c have no live session (Denied, attempt 1): ",
            Assert.Single(Lines(sidecar, 302)),
            StringComparison.Ordinal);
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(8));
        Assert.Equal(sidecar.Sts.Calls.Count(call => call.Hop.Role.Name == "shared"), Lines(sidecar, 302).Length);
    }

    [Fact]
    public async Task A_source_that_fails_is_one_line_for_all_destinations()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.SourceFailsWhen = () => new CredentialException(CredentialFailure.SourceUnavailable, "The agent is away."),
            [.. Settings.Destination("other", "arn:aws:iam::555566667777:role/other"), ("SIDECAR_Refresh__JitterFraction", "0")]);
        await sidecar.SettleAsync();

        Assert.StartsWith(
            "other, reports have no live session (SourceUnavailable, attempt 1): The agent is away.",
            Assert.Single(Lines(sidecar, 302)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_STS_that_is_not_reached_is_one_line_for_all_destinations_of_its_region()
    {
        // The real SDK and a port without a listener.
        await using var agent = RawServer.Http(
            200,
            """{"RoleArn":"arn:aws:iam::111122223333:role/task","AccessKeyId":"ASIA1","SecretAccessKey":"s-0123456",""" +
            """ "Token":"t-0123456","Expiration":"2126-01-01T00:00:00Z"}""");
        await using var sidecar = await SidecarFixture.StartRealAsync([
            .. Settings.Destination("other", "arn:aws:iam::555566667777:role/other"),
            ("SIDECAR_SOURCE_ENDPOINT", agent.Uri.ToString()),
            ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"),

            // On a busy machine one of them would time out, which is another cause.
            ("SIDECAR_Sts__Timeout", "30s"), ("SIDECAR_Sts__ConnectTimeout", "10s")]);
        await Eventually.HoldsAsync(
            () => sidecar.Tree.Destinations.All(destination => destination.Node.LastFailure?.Failures > 1),
            () => "There was no second attempt.");

        Assert.StartsWith(
            "other, reports have no live session (StsUnavailable, attempt 1): ",
            Lines(sidecar, 302)[0],
            StringComparison.Ordinal);
        Assert.Single(Lines(sidecar, 302), line => line.Contains("attempt 1)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_STS_that_throttles_is_one_line_for_all_destinations_of_its_region()
    {
        const string Cause = "STS asks to be called less often";
        await using var sidecar = await StartSharedAsync(sts => sts.FailWhen = _ =>
            new CredentialException(CredentialFailure.Throttled, Cause + ".") { Outage = new Outage("eu-central-1", Cause) });

        Assert.StartsWith(
            "a, b, c have no live session (Throttled, attempt 1): ",
            Assert.Single(Lines(sidecar, 302)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hop_of_ones_own_is_still_a_line_of_ones_own()
    {
        await using var sidecar = await StartSharedAsync(
            sts => sts.FailWhen = call => call.Hop.Role.Name != "shared" ? ScriptedSts.Denied() : null);

        Assert.Equal(["a has no", "b has no", "c has no"], Lines(sidecar, 302).Select(line => line[..8]).Order());
    }

    [Fact]
    public async Task Destinations_that_still_have_a_session_are_named_apart()
    {
        var down = false;
        await using var sidecar = await StartSharedAsync(sts =>
        {
            sts.FailWhen = _ => down ? ScriptedSts.Denied() : null;
            sts.Lifetime = call => call.Hop.Role.Name == "a" ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(1);
        });
        down = true;
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(16));

        Assert.Contains(Lines(sidecar, 301), line => line.StartsWith("Renewing a failed", StringComparison.Ordinal));
        Assert.Contains(Lines(sidecar, 302), line => line.StartsWith("a has no live session", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines(sidecar, 302), line => line.StartsWith("a, b", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recovery_makes_the_next_failure_news()
    {
        var down = true;
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ =>
            down ? new CredentialException(CredentialFailure.Denied, "No.") { Advice = "Look there." } : null);
        await sidecar.SettleAsync();
        down = false;
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(3));
        down = true;
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(31));

        Assert.EndsWith("Look there.", Lines(sidecar, 302)[0], StringComparison.Ordinal);
        Assert.EndsWith("Look there.", Lines(sidecar, 301)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_is_repeated_every_ten_minutes_and_is_always_in_the_status()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => new CredentialException(CredentialFailure.Denied, "No.") { Advice = "Look there." },
            ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        await sidecar.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.InRange(Lines(sidecar, 302).Count(line => line.Contains("Look there.", StringComparison.Ordinal)), 4, 7);
        var status = await sidecar.Health.GetStringAsync("/status", TestContext.Current.CancellationToken);
        Assert.Contains("Look there.", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_stays_in_its_start_becomes_an_error()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.SourceFailsWhen = () =>
                new CredentialException(CredentialFailure.SourceUnavailable, "Not yet.") { IsStarting = true },
            ("SIDECAR_Refresh__JitterFraction", "0"));
        await sidecar.SettleAsync();
        Assert.Empty(Lines(sidecar, 302));

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(3));
        Assert.Equal(5, Lines(sidecar, 310).Length);
        Assert.NotEmpty(Lines(sidecar, 302));
    }

    [Fact]
    public async Task The_words_of_STS_are_in_the_log_and_in_the_status_and_not_in_the_answer()
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ =>
            new CredentialException(CredentialFailure.Denied, "No.") { Said = "STS said: for the operator." });
        await sidecar.SettleAsync();
        using var answer = await sidecar.Client.GetAsync("/v1/credentials", TestContext.Current.CancellationToken);

        Assert.Contains("No. STS said: for the operator.", Assert.Single(Lines(sidecar, 302)), StringComparison.Ordinal);
        var status = await sidecar.Health.GetStringAsync("/status", TestContext.Current.CancellationToken);
        Assert.Contains("No. STS said: for the operator.", status, StringComparison.Ordinal);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("for the operator", body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            sidecar.Logs.Lines,
            line => line.Event.Id == 400 && line.Text.Contains("for the operator", StringComparison.Ordinal));
    }

    private static async Task<SidecarFixture> StartSharedAsync(Action<ScriptedSts> script)
    {
        var sidecar = await SidecarFixture.StartAsync(script, [
            .. Settings.NoReports, ("SIDECAR_Refresh__JitterFraction", "0"),
            .. new[] { "a", "b", "c" }.SelectMany(name => Settings.Destination(name, Shared, $"arn:aws:iam::555566667777:role/{name}"))]);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private static string[] Lines(SidecarFixture sidecar, int id) =>
        [.. sidecar.Logs.Lines.Where(line => line.Event.Id == id).Select(line => line.Text)];
}
