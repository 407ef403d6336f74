using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>Special lines of the audit: malformed requests, floods, the log, and interception.</summary>
public sealed class AuditContentTests : AuditTest
{
    [Fact]
    public async Task Guesses_are_counted_also_where_the_guesser_hangs_up_instead_of_waiting()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            sidecar.Client.DefaultRequestHeaders.Remove("Authorization");

            for (var i = 0; i < 10; i++)
            {
                await GetAsync(sidecar, "/v1/credentials/reports");
            }

            using var leaving = new CancellationTokenSource();
            var guess = sidecar.Client.GetAsync("/v1/credentials/reports", leaving.Token);

            // The loop of the destination, the count of repetitions, and the guess.
            await sidecar.Clock.UntilWaitingAsync(3);
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guess);
            await sidecar.AdvanceAsync(RejectionLedger.Period);
            await UntilWrittenAsync(3);
        }

        Assert.Equal(
            ["0 HungUp 1", "0 Unauthorized 9", "401 Unauthorized "],
            Lines().Select(line => $"{Text(line, "status")} {Text(line, "reason")} {Count(line)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_flood_from_unknown_clients_is_a_few_lines_and_each_attempt_of_a_client_is_one_line()
    {
        await using (var sidecar = await StartAsync(AuditPath,
        [
            .. Settings.Destination("private", "arn:aws:iam::555566667777:role/private"), ("SIDECAR_TOKEN", null),
            ("SIDECAR_Access__Clients__web__Token", Settings.Token), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
        ]))
        {
            using var stranger = new HttpClient();

            // None of the first ten is delayed.
            for (var i = 0; i < 10; i++)
            {
                using var rejected = await stranger.GetAsync(new Uri(sidecar.Endpoint, $"/{i}"), TestContext.Current.CancellationToken);
                await GetAsync(sidecar, "/v1/credentials/private");
            }

            // A request may be rejected before its token is checked. The client is recognized anyway and never waits.
            for (var i = 0; i < 12; i++)
            {
                await GetAsync(sidecar, "/nope");
            }

            // The sidecar writes counted lines when it stops.
            await sidecar.StopAsync();
        }

        Assert.Equal(10, Lines().Count(line => Text(line, "reason") == "ForeignDestination"));
        Assert.Equal(12, Lines().Count(line => Text(line, "reason") == "UnknownPath" && Text(line, "client") == "web"));
        var unknown = Lines().Where(line => Text(line, "reason") == "UnknownPath" && Text(line, "client") is null);
        Assert.Equal(["404 ", "0 9"], unknown.Select(line => $"{Text(line, "status")} {Count(line)}"));
    }

    [Fact]
    public async Task The_uid_is_audited_where_interception_knows_it()
    {
        await using (var sidecar = await SidecarFixture.StartInterceptedAsync(new ScriptedKernel(), ("SIDECAR_Audit__File", AuditPath)))
        {
            var request = $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n";
            var answer = await RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            await UntilWrittenAsync(1);
        }

        Assert.Equal(("uid 1000", 1000u), (Text(Assert.Single(Lines()), "client"), Lines()[0].GetProperty("uid").GetUInt32()));
    }

    [Fact]
    public async Task A_connection_with_an_uncertain_uid_has_no_client_in_the_audit()
    {
        var other = new ScriptedKernel { Uid = 1001 };

        await using (var sidecar = await SidecarFixture.StartInterceptedAsync(other, ("SIDECAR_Audit__File", AuditPath)))
        {
            var request = $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n";
            var answer = await RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);
            Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
            await UntilWrittenAsync(1);
        }

        var line = Assert.Single(Lines()).GetRawText().Replace("\"time\"", "", StringComparison.Ordinal);
        Assert.DoesNotContain("100", line.Split("\"peer\"")[1], StringComparison.Ordinal);
    }
}
