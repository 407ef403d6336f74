using CredentialSidecar.Chains;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>What is said of a clock, and what is not.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData(-600, true, "behind")]
    [InlineData(600, true, "ahead of")]
    [InlineData(60, false, "")]
    public async Task A_clock_that_is_wrong_is_told_without_blaming_STS_and_the_session_is_no_longer_than_it_is(
        int seconds, bool isTold, string way)
    {
        await using var emulator = await EmulatorServer.StartAsync(new EmulatorOptions(), TimeProvider.System, CancellationToken.None);
        var clock = new Shifted(TimeSpan.FromSeconds(seconds));
        var logs = new CollectedLogs();
        var settings = Settings.Load(("AWS_ENDPOINT_URL_STS", emulator.StsEndpoint.ToString()));
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        using var clients = new StsClients(settings.Sts, clock);
        var assumer = new RoleAssumer(
            clients, new SecretMask(settings.Secrets, settings.ExternalIds, clock),
            services.GetRequiredService<SidecarMetrics>(), clock, logs.For<RoleAssumer>());
        var signer = Assuming.Signer with
        {
            AccessKeyId = DefaultWorld.AccessKeyId,
            SecretAccessKey = DefaultWorld.SecretAccessKey,
            SessionToken = "",
        };

        var hop = Assuming.Hop with { Role = RoleArn.Parse(DefaultWorld.TaskRole) };
        var session = await assumer.AssumeAsync(hop, new NodeLabel("reports", 1), signer, CancellationToken.None);

        var lasts = session.Expiration - session.IssuedAt;
        Assert.True(lasts < TimeSpan.FromMinutes(62), $"The session is taken to last {lasts}.");
        Assert.DoesNotContain(logs.Lines, line => line.Event.Id == 203 || line.Text.Contains("refuses", StringComparison.Ordinal));
        Assert.Equal(isTold ? 1 : 0, logs.Lines.Count(line => line.Event.Id == 201));
        Assert.All(logs.Lines.Where(line => line.Event.Id == 201), line =>
            Assert.Matches($"differs from that of STS by -?(599|600|601) s: it is {way} that of STS\\.", line.Text));
    }

    [Theory]
    [InlineData(119, "The clock is correct.")]
    [InlineData(
        121,
        "This clock is 121 s behind that of STS. The SDK corrects its next signatures by this difference. Correct the clock of the host.")]
    [InlineData(-121, "This clock is 121 s ahead of that of STS.")]
    public void Advice_on_the_clock_is_given_only_above_two_minutes(int seconds, string advice) => Assert.StartsWith(
        advice,
        Assuming.Answered(403, "SignatureDoesNotMatch", "no", skew: TimeSpan.FromSeconds(seconds)).Advice,
        StringComparison.Ordinal);

    [Fact]
    public void Keys_in_variables_that_have_ended_are_named_and_others_are_renewed()
    {
        var signer = Assuming.Signer with { Variables = "AWS_SESSION_TOKEN" };
        var advice = Assuming.Answered(403, "ExpiredToken", "x", signer: signer).Advice;
        Assert.Contains("AWS_SESSION_TOKEN", advice, StringComparison.Ordinal);
        Assert.StartsWith(
            "The next attempt signs with new credentials.",
            Assuming.Answered(403, "ExpiredToken", "x").Advice,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_STS_does_not_know_is_advised_on_the_region() => Assert.Contains(
        "If eu-central-1 is an opt-in region, enable it for the account of arn:aws:iam::111122223333:role/orders-task",
        Assuming.Answered(403, "InvalidClientTokenId", "x").Advice,
        StringComparison.Ordinal);

    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
