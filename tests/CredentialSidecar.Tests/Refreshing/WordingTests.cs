using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Sources;
using Xunit;

namespace CredentialSidecar.Tests.Refreshing;

/// <summary>Numbers and times in sentences: singular and plural, no zero, one form of time.</summary>
public sealed class WordingTests
{
    [Fact]
    public void One_destination_is_singular()
    {
        Assert.StartsWith("1 destination, source ", Settings.Load().ToString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "2 destinations, source ",
            Settings.Load(Settings.Destination("other", Settings.ReportsRole)).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_next_try_that_is_due_is_now_and_not_in_0_s()
    {
        var hold = new TaskCompletionSource();
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.SourceFailsWhen = () =>
            new CredentialException(CredentialFailure.SourceUnavailable, "Away.") { RetryIn = TimeSpan.FromMilliseconds(1) });
        await sidecar.SettleAsync();
        (sidecar.Sts.SourceFailsWhen, sidecar.Sts.Before) = (() => null, _ => hold.Task);
        sidecar.Clock.Advance(TimeSpan.FromMilliseconds(2));
        await Eventually.HoldsAsync(() => sidecar.Sts.Calls.Count == 1, () => "There was no second attempt.");
        var read = sidecar.Tree.Default!.ReadAsync(CancellationToken.None).AsTask();
        await sidecar.Clock.UntilWaitingAsync();
        sidecar.Clock.Advance(Destination.LongestJoin);

        var refused = await Assert.ThrowsAsync<CredentialException>(() => read);
        Assert.EndsWith("Away. Next try now.", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            "Away. Next try now; ",
            sidecar.Logs.Lines.First(line => line.Event.Id == EventIds.NoSession).Text,
            StringComparison.Ordinal);
        hold.SetResult();
    }

    [Fact]
    public async Task A_short_wait_for_clients_is_told_in_seconds()
    {
        await using var sidecar = await SidecarFixture.StartAsync(null, ("SIDECAR_Health__NoClientAfter", "2s"));
        await sidecar.Clock.UntilWaitingAsync(2);
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromSeconds(4), waiters: 1);

        Assert.Contains(
            "credentials in the 2 s since they were ready",
            Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == EventIds.NobodyAsked).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_times_of_a_session_that_is_too_long_are_ISO_8601()
    {
        using var logs = new CollectedLogs();
        await using var sts = RawServer.Http(200, RoleAssumerTest.Answer(TimeSpan.FromDays(300)), "text/xml");
        await RoleAssumerTest.AssumeAsync(sts.Uri, logs: logs);

        Assert.Matches(
            @"ends at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, .* until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.$",
            Assert.Single(logs.Lines, line => line.Event.Id == EventIds.ExpirationCapped).Text);
    }
}
