using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Faults that other tools of this field have or had, each kept out by a test. The tool is named in the test's summary.</summary>
public sealed class FaultsOfOtherToolsTests
{
    private const string Hub = "arn:aws:iam::222233334444:role/hub";
    private const string Audit = "arn:aws:iam::666677778888:role/team/audit/reader";

    /// <summary>weep serves a chained credential with the first hop's Expiration.</summary>
    [Fact]
    public async Task A_chain_is_served_with_the_last_hops_expiration_not_the_firsts()
    {
        await using var sidecar = await SidecarFixture.StartAsync(null,
        [
            .. Settings.NoReports,
            .. Settings.Destination("audit", Hub, Audit),
            ("SIDECAR_Destinations__audit__Hops__1__DurationSeconds", "1800"),
        ]);
        await sidecar.SettleAsync();

        Assert.Equal(VirtualClock.Start.AddMinutes(30), (await ReadAsync(sidecar, "audit")).GetProperty("Expiration").GetDateTimeOffset());
    }

    /// <summary>rolesanywhere's serve answers 200 "Success" with empty keys after a failed refresh.</summary>
    [Fact]
    public async Task A_failure_is_never_a_200()
    {
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.FailWhen = _ => ScriptedSts.Down());
        await sidecar.SettleAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(sidecar, "reports"));
    }

    /// <summary>weep serves credentials that have expired.</summary>
    [Fact]
    public async Task An_expired_session_is_never_served()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        sidecar.Sts.FailWhen = _ => ScriptedSts.Down();

        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sidecar, "reports"));

        await sidecar.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(sidecar, "reports"));
    }

    /// <summary>aws-c-auth drops credentials that are still valid when a renewal fails.</summary>
    [Fact]
    public async Task A_failed_renewal_changes_nothing_that_a_sibling_can_see()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();
        var before = (await ReadAsync(sidecar, "reports")).ToString();

        sidecar.Sts.FailWhen = _ => ScriptedSts.Denied();
        await sidecar.AdvanceAsync(TimeSpan.FromMinutes(50));

        Assert.Equal(before, (await ReadAsync(sidecar, "reports")).ToString());
        Assert.True(sidecar.Sts.Calls.Count > 5);
    }

    /// <summary>kube2iam and metadataproxy leave the external id out of the cache key.</summary>
    [Fact]
    public async Task Tenants_of_one_role_get_their_own_sessions()
    {
        await using var sidecar = await SidecarFixture.StartAsync(null, [
            .. Settings.Destination("one", Audit), ("SIDECAR_Destinations__one__Hops__0__ExternalId", "tenant-one"),
            .. Settings.Destination("two", Audit), ("SIDECAR_Destinations__two__Hops__0__ExternalId", "tenant-two")]);
        await sidecar.SettleAsync();

        Assert.NotEqual(
            (await ReadAsync(sidecar, "one")).GetProperty("Token").GetString(),
            (await ReadAsync(sidecar, "two")).GetProperty("Token").GetString());
    }

    /// <summary>ecs-local-container-endpoints calls STS for each request, and answers roles with an IAM path by 404.</summary>
    [Fact]
    public async Task A_thousand_requests_cost_one_call_and_an_IAM_path_is_no_obstacle()
    {
        await using var sidecar = await SidecarFixture.StartAsync(null, [.. Settings.NoReports, .. Settings.Destination("audit", Audit)]);
        await sidecar.SettleAsync();

        // Not all at once: that would be more connections than one client may have.
        for (var i = 0; i < 4; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => ReadAsync(sidecar, "audit")));
        }

        Assert.Single(sidecar.Sts.Calls);
        Assert.Equal(Audit, (await ReadAsync(sidecar, "audit")).GetProperty("RoleArn").GetString());
    }

    /// <summary>aws-vault's server assumes any role that a holder of the token names in the path.</summary>
    [Theory]
    [InlineData("arn:aws:iam::999999999999:role/admin")]
    [InlineData("admin")]
    [InlineData("REPORTS")]
    [InlineData("..%2Freports")]
    public async Task A_name_that_is_not_configured_never_reaches_STS(string name)
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        await sidecar.SettleAsync();

        Assert.Contains(await StatusAsync(sidecar, name), new[] { HttpStatusCode.BadRequest, HttpStatusCode.NotFound });
        Assert.Single(sidecar.Sts.Calls);
    }

    /// <summary>eks-pod-identity-agent lets a client that hangs up cancel the fetch others wait for.</summary>
    [Fact]
    public async Task A_sibling_that_hangs_up_takes_nothing_from_the_others()
    {
        var hold = new TaskCompletionSource();
        await using var sidecar = await SidecarFixture.StartAsync(sts => sts.Before = _ => hold.Task);
        using var leaving = new CancellationTokenSource();
        var first = sidecar.Client.GetAsync("/v1/credentials/reports", leaving.Token);
        var second = StatusAsync(sidecar, "reports");

        await leaving.CancelAsync();
        hold.SetResult();

        Assert.Equal(HttpStatusCode.OK, await second);
        Assert.Single(sidecar.Sts.Calls);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    /// <summary>credproxy logs the first characters of every valid token when a wrong one is sent.</summary>
    [Fact]
    public async Task A_wrong_token_brings_no_part_of_the_right_one_into_the_log()
    {
        await using var sidecar = await SidecarFixture.StartAsync();
        using var client = new HttpClient { BaseAddress = sidecar.Endpoint };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "wrong");
        (await client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken)).Dispose();

        Assert.Contains(sidecar.Logs.Lines, line => line.Event.Id == 400);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Text.Contains(Settings.Token[..4], StringComparison.Ordinal));
    }

    private static Task<JsonElement> ReadAsync(SidecarFixture sidecar, string destination) =>
        sidecar.Client.GetFromJsonAsync<JsonElement>($"/v1/credentials/{destination}", TestContext.Current.CancellationToken);

    private static async Task<HttpStatusCode> StatusAsync(SidecarFixture sidecar, string destination)
    {
        using var response = await sidecar.Client.GetAsync($"/v1/credentials/{destination}", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
