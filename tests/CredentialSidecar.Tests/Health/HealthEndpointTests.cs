using System.Text.Json;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Health;

/// <summary>Probes tell the truth, and the latch never ends a task that was healthy once (contract R15).</summary>
public sealed class HealthEndpointTests
{
    [Fact]
    public async Task R15_The_latch_opens_with_the_first_session_and_stays_while_readiness_follows_the_present()
    {
        var down = true;
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ => down ? ScriptedSts.Down() : null);
        await sidecar.SettleAsync();
        Assert.Equal((200, 503, 503), await ProbeAsync(sidecar));

        down = false;
        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(3));
        Assert.Equal((200, 200, 200), await ProbeAsync(sidecar));

        down = true;
        await sidecar.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal((200, 200, 503), await ProbeAsync(sidecar));
    }

    [Fact]
    public async Task A_lazy_destination_holds_up_nobody()
    {
        await using var sidecar = await SidecarFixture.StartAsync(null, ("SIDECAR_Destinations__reports__Lazy", "true"));
        Assert.Equal((200, 200, 200), await ProbeAsync(sidecar));
    }

    [Fact]
    public async Task Status_tells_hops_times_and_the_last_failure_and_no_secret()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = call => call.Hop.Role.Name == "denied" ? ScriptedSts.Denied() : null,
            [.. Settings.Destination("bad", "arn:aws:iam::222233334444:role/hub", "arn:aws:iam::555566667777:role/denied")]);
        await sidecar.SettleAsync();

        var text = await sidecar.Health.GetStringAsync("/status", TestContext.Current.CancellationToken);
        var destinations = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("destinations");
        var (bad, reports) = (destinations[0], destinations[1]);

        Assert.Equal(("failing", "live"), (bad.GetProperty("state").GetString(), reports.GetProperty("state").GetString()));
        Assert.Equal(
            ["arn:aws:iam::222233334444:role/hub", "arn:aws:iam::555566667777:role/denied"],
            bad.GetProperty("hops").EnumerateArray().Select(hop => hop.GetProperty("roleArn").GetString()));
        Assert.Equal("Denied", bad.GetProperty("lastFailure").GetProperty("reason").GetString());
        Assert.Equal(3600, reports.GetProperty("secondsLeft").GetInt64());
        Assert.Equal(JsonValueKind.Null, reports.GetProperty("lastFailure").ValueKind);
        Assert.DoesNotContain("secret-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("token-", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Settings.Token, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_and_health_are_not_mixed_whatever_Host_is_sent()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();

        Assert.Equal(404, await AskAsync(sidecar.HealthEndpoint, "/v1/credentials/reports", "127.0.0.1"));
        Assert.Equal(404, await AskAsync(sidecar.Endpoint, "/status", "127.0.0.1"));
        Assert.Equal(403, await AskAsync(sidecar.HealthEndpoint, "/v1/credentials/reports", sidecar.Endpoint.Authority));
        Assert.Equal(403, await AskAsync(sidecar.Endpoint, "/status", sidecar.HealthEndpoint.Authority));

        static async Task<int> AskAsync(Uri to, string path, string host) => int.Parse((await RawHttp.AskAsync(to,
            $"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {Settings.Token}\r\nConnection: close\r\n\r\n"))[9..12],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<(int Livez, int Healthz, int Readyz)> ProbeAsync(SidecarFixture sidecar) =>
        (await StatusAsync(sidecar, "/livez"), await StatusAsync(sidecar, "/healthz"), await StatusAsync(sidecar, "/readyz"));

    private static async Task<int> StatusAsync(SidecarFixture sidecar, string path)
    {
        using var response = await sidecar.Health.GetAsync(path, TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }
}
