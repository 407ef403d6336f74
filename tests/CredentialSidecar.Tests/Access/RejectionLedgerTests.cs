using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Event 400 shows each cause once, and event 607 counts its repetitions in the same words.</summary>
public sealed class RejectionLedgerTests
{
    [Fact]
    public async Task A_second_cause_with_the_same_code_has_a_line_of_its_own()
    {
        var cause = "The first cause.";
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => new CredentialException(CredentialFailure.Denied, cause));
        await sidecar.SettleAsync();
        await AskAsync(sidecar);
        await AskAsync(sidecar);
        cause = "The second cause.";
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromSeconds(3), waiters: 2);
        await AskAsync(sidecar);

        // The seconds to the next try are another cause's no more than the same one's.
        await sidecar.Clock.AdvanceAsync(TimeSpan.FromSeconds(1), waiters: 2);
        await AskAsync(sidecar);

        Assert.Equal(["The first cause.", "The second cause."], Lines(sidecar, 400).Select(line => line.Split(": ")[1].Split(" Next")[0]));
    }

    [Fact]
    public async Task Repetitions_are_told_with_the_code_and_the_reason_of_their_first_line()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => new CredentialException(CredentialFailure.Denied, "A policy is missing."));
        await sidecar.SettleAsync();
        await AskAsync(sidecar);
        await AskAsync(sidecar);
        await AskAsync(sidecar);
        await sidecar.StopAsync();

        Assert.Equal(
            "Rejected 2 more requests of default at 127.0.0.1 for the default destination with AccessDenied in 5 s: A policy is missing.",
            Assert.Single(Lines(sidecar, 607)));
    }

    [Fact]
    public async Task Ever_new_reasons_of_one_kind_share_a_line_after_the_fourth()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        var ledger = sidecar.Services.GetRequiredService<RejectionLedger>();
        var first = Enumerable.Range(0, 100).Count(i => ledger.Count(
            IPAddress.Loopback, "web", new Rejection("Denied", "AccessDenied", "reports", $"Reason {i}."), withAudit: false));
        Assert.True(ledger.Count(
            IPAddress.Loopback, "other", new Rejection("Denied", "AccessDenied", "reports", "Reason 0."), withAudit: false));
        await sidecar.StopAsync();

        Assert.Equal(4, first);
        Assert.Equal(
            "Rejected 96 more requests of web at 127.0.0.1 for reports with AccessDenied in 5 s: There are several reasons.",
            Assert.Single(Lines(sidecar, 607)));
    }

    [Fact]
    public async Task A_stranger_who_tries_many_destinations_is_one_line()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            changes: [.. Settings.Destination("a", "arn:aws:iam::666677778888:role/a")]);
        using var stranger = new HttpClient { BaseAddress = sidecar.Endpoint };

        foreach (var name in (string[])["reports", "a", "nobody", "reports"])
        {
            (await stranger.GetAsync($"/v1/credentials/{name}", TestContext.Current.CancellationToken)).Dispose();
        }

        await sidecar.StopAsync();

        Assert.StartsWith(
            "Answered 401 Unauthorized to 127.0.0.1 for reports: ",
            Assert.Single(Lines(sidecar, 400)),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Rejected 3 more requests of an unknown client at 127.0.0.1 for credentials with Unauthorized in 5 s: ",
            Assert.Single(Lines(sidecar, 607)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_addresses_share_a_line_that_says_so()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        var ledger = sidecar.Services.GetRequiredService<RejectionLedger>();

        for (var i = 0; i < 100; i++)
        {
            ledger.Count(
                new IPAddress([10, 0, 0, (byte)i]),
                null,
                new Rejection("Unauthorized", "Unauthorized", "credentials", "No token."),
                withAudit: true);
        }

        await sidecar.StopAsync();
        Assert.Contains(
            "Rejected 36 more requests of an unknown client at several addresses for (several) with (several) in 5 s: " +
            "There are several reasons.",
            Lines(sidecar, 607));
    }

    [Fact]
    public async Task Strangers_cannot_take_the_first_line_of_a_client()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        var ledger = sidecar.Services.GetRequiredService<RejectionLedger>();
        var first = Enumerable.Range(0, 100).Count(i => ledger.Count(
            IPAddress.Loopback, null, new Rejection("UnknownPath", "NotFound", $"path {i}", "No such path."), withAudit: true));

        Assert.Equal(64, first);
        Assert.True(ledger.Count(
            IPAddress.Loopback, "web", new Rejection("Denied", "AccessDenied", "reports", "A policy is missing."), withAudit: false));
    }

    private static async Task AskAsync(SidecarFixture sidecar) =>
        (await sidecar.Client.GetAsync("/v1/credentials", TestContext.Current.CancellationToken)).Dispose();

    private static string[] Lines(SidecarFixture sidecar, int id) =>
        [.. sidecar.Logs.Lines.Where(line => line.Event.Id == id).Select(line => line.Text)];
}
