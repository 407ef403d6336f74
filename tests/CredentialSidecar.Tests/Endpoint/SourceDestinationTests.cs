using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>A destination without hops serves the source's own credentials, to clients that list it.</summary>
public sealed class SourceDestinationTests
{
    [Fact]
    public async Task A_client_that_lists_it_gets_the_credentials_of_the_source_and_STS_is_not_called()
    {
        await using var sidecar = await StartAsync([.. SourceDestination.Listed, .. Settings.NoReports]);

        var (status, body) = await AskAsync(sidecar, SourceDestination.App, "/v1/credentials/task");

        Assert.Equal(200, status);
        Assert.Equal("ASIASOURCE", body.GetProperty("AccessKeyId").GetString());
        Assert.Equal("2026-01-01T06:00:00Z", body.GetProperty("Expiration").GetString());
        Assert.Equal(SourceDestination.Role, body.GetProperty("RoleArn").GetString());
        Assert.Equal("111122223333", body.GetProperty("AccountId").GetString());
        Assert.Empty(sidecar.Sts.Calls);
    }

    [Fact]
    public async Task RoleArn_and_AccountId_are_left_out_where_the_source_does_not_name_its_role()
    {
        await using var sidecar = await StartAsync(SourceDestination.Listed, sts => sts.Source = read => read with { RoleArn = null });

        var (status, body) = await AskAsync(sidecar, SourceDestination.App, "/v1/credentials/task");

        Assert.Equal(200, status);
        Assert.Equal(["AccessKeyId", "SecretAccessKey", "Token", "Expiration"], body.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData("/v1/credentials/task")]
    [InlineData("/v1/credentials")]
    [InlineData("/creds")]
    [InlineData("/role/task")]
    [InlineData("/role-arn/" + SourceDestination.Role)]
    public async Task A_client_that_may_read_everything_does_not_get_it(string path)
    {
        await using var sidecar = await StartAsync(
            [.. SourceDestination.Listed, .. Settings.NoReports, ("SIDECAR_Listen__LocalEndpoints", "true")]);

        var (status, body) = await AskAsync(sidecar, Settings.Token, path);

        Assert.True(status is 400 or 403, $"{status}");
        Assert.DoesNotContain("AccessKeyId", body.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Settings.Token, "default", "configure a client that has it in Access:Clients:NAME:Destinations.")]
    [InlineData(null, "anyone", "configure a client that has it in Access:Clients:NAME:Destinations.")]
    [InlineData(Web, "web", "add it to Access:Clients:web:Destinations. This token may read: reports.")]
    public async Task The_rejection_says_what_to_configure(string? token, string client, string advice)
    {
        await using var sidecar = await StartAsync(token is null
            ? [.. SourceDestination.Alone, ("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true")]
            :
            [
                .. SourceDestination.Listed,
                ("SIDECAR_Access__Clients__web__Token", Web), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
            ]);

        var (status, body) = await AskAsync(sidecar, token, "/v1/credentials/task");

        Assert.Equal(403, status);
        Assert.Equal(
            $"Client '{client}' may not read destination 'task'. It serves the source's own credentials, "
                + $"so a client must list it: {advice}",
            body.GetProperty("message").GetString());
    }

    [Fact]
    public async Task The_only_destination_with_hops_stays_the_default_one()
    {
        await using var sidecar = await StartAsync(SourceDestination.Listed);

        var (_, everything) = await AskAsync(sidecar, Settings.Token, "/v1/credentials");
        var (_, listed) = await AskAsync(sidecar, SourceDestination.App, "/v1/credentials");

        Assert.Equal(Settings.ReportsRole, everything.GetProperty("RoleArn").GetString());
        Assert.Equal(SourceDestination.Role, listed.GetProperty("RoleArn").GetString());
    }

    [Fact]
    public async Task Called_default_it_is_still_not_given_to_a_client_that_does_not_list_it()
    {
        await using var sidecar = await StartAsync([("SIDECAR_Destinations__default__Hops", "[]")]);

        Assert.Equal(403, (await AskAsync(sidecar, Settings.Token, "/v1/credentials")).Status);
    }

    [Fact]
    public async Task Status_shows_it_without_hops()
    {
        await using var sidecar = await StartAsync(SourceDestination.Listed);
        var status = JsonNode.Parse(await sidecar.Health.GetStringAsync("/status", TestContext.Current.CancellationToken))!;
        var task = status["destinations"]![1]!;

        Assert.Equal(("task", "live"), (task["name"]!.GetValue<string>(), task["state"]!.GetValue<string>()));
        Assert.Empty(task["hops"]!.AsArray());
        Assert.Equal("2026-01-01T05:40:00+00:00", task["nextRenewal"]!.GetValue<string>());
    }

    // Whoever chose the destination of a uid has listed it: the uid would get the same role from the agent.
    [Fact]
    public async Task An_intercepted_uid_may_have_it()
    {
        await using var sidecar = await SidecarFixture.StartInterceptedAsync(
            new ScriptedKernel(), ("SIDECAR_Destinations__reports__Hops__0__RoleArn", null), ("SIDECAR_Destinations__reports__Hops", "[]"));

        var answer = await RawHttp.AskAsync(
            sidecar.InterceptedEndpoint, $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains(SourceDestination.Role, answer, StringComparison.Ordinal);
    }

    private const string Web = "web-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd0Gs";

    private static async Task<SidecarFixture> StartAsync(IEnumerable<(string, string?)> changes, Action<ScriptedSts>? script = null)
    {
        var sidecar = await SidecarFixture.StartAsync(script, changes);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private static async Task<(int Status, JsonElement Body)> AskAsync(SidecarFixture sidecar, string? token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar.Endpoint, path));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = new HttpClient();
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }
}
