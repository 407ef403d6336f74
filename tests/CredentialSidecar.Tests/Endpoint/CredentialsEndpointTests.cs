using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>The contract as it goes over the wire, one test for each requirement.</summary>
public sealed class CredentialsEndpointTests : CredentialsEndpointTest
{
    [Fact]
    public async Task R6_A_success_holds_exactly_the_contracts_members_and_its_length()
    {
        using var response = await GetAsync("/v1/credentials/reports");
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            ["AccessKeyId", "SecretAccessKey", "Token", "Expiration", "RoleArn", "AccountId"],
            body.EnumerateObject().Select(member => member.Name));
        Assert.All(body.EnumerateObject(), member => Assert.NotEmpty(member.Value.GetString()!));
        Assert.Equal(Settings.ReportsRole, body.GetProperty("RoleArn").GetString());
        Assert.Equal("555566667777", body.GetProperty("AccountId").GetString());
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Null(response.Headers.TransferEncodingChunked);
    }

    [Fact]
    public async Task R6_Role_account_and_expiration_are_the_last_hops()
    {
        var body = await Sidecar.Client.GetFromJsonAsync<JsonElement>("/v1/credentials", TestContext.Current.CancellationToken);
        var last = Sidecar.Tree.Find("default")!.Node;

        Assert.Equal("arn:aws:iam::666677778888:role/team/audit/reader", body.GetProperty("RoleArn").GetString());
        Assert.Equal("666677778888", body.GetProperty("AccountId").GetString());
        Assert.Equal(last.Latest!.Credentials.AccessKeyId, body.GetProperty("AccessKeyId").GetString());
        var expiration = last.Latest.Credentials.Expiration
            .ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(expiration, body.GetProperty("Expiration").GetString());
    }

    [Theory]
    [InlineData("/v1/credentials/reports", Settings.Token, 200)]
    [InlineData("/v1/credentials/reports", "wrong", 401)]
    [InlineData("/v1/credentials/nobody", Settings.Token, 400)]
    [InlineData("/elsewhere", Settings.Token, 404)]
    public async Task R8_R20_Every_answer_is_byte_exactly_json_with_a_length_and_is_not_stored(string path, string token, int status)
    {
        using var response = await GetAsync(path, token);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(["application/json"], response.Content.Headers.GetValues("Content-Type"));
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Equal(["no-store"], response.Headers.GetValues("Cache-Control"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer " + Settings.Token)]
    [InlineData(Settings.Token + "0")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    public async Task R11_Only_the_very_token_is_taken_and_no_scheme_is_taken_off(string token)
    {
        using var response = await GetAsync("/v1/credentials/reports", token);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Accept: */*\r\n")]
    [InlineData("Accept: text/html, image/gif, image/jpeg, */*; q=0.2\r\n")]
    [InlineData("Accept: application/xml\r\nUser-Agent: x\r\n")]
    public async Task R14_Any_Accept_header_is_answered(string headers) =>
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await RawHttp.AskAsync(Sidecar.Endpoint,
            "GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
            $"Authorization: {Settings.Token}\r\n{headers}Connection: close\r\n\r\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("//v1//credentials/reports", "200")]
    [InlineData("/v1/credentials//reports//", "200")]
    [InlineData("///v1/credentials", "200")]
    [InlineData("//v1//credentials//nobody", "400")]
    [InlineData("//elsewhere", "404")]
    public async Task Doubled_slashes_are_one_as_the_agent_cleans_them(string path, string status) =>
        Assert.StartsWith($"HTTP/1.1 {status} ", await RawHttp.AskAsync(Sidecar.Endpoint,
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
            $"Authorization: {Settings.Token}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("/v1/credentials?x=1&y=a%2Fb")]
    [InlineData("/v1/credentials/reports?x=1&y=a%2Fb")]
    [InlineData("/v1/credentials/")]
    [InlineData("/v1/credentials/reports/")]
    public async Task R14_Any_query_and_a_trailing_slash_are_answered(string path)
    {
        using var response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Several_destinations_without_a_default_need_a_name()
    {
        await using var sidecar = await SidecarFixture.StartAsync(null, Settings.Destination("other", Settings.ReportsRole));
        using var response = await sidecar.Client.GetAsync("/v1/credentials", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Anyone_on_loopback_is_served_only_where_that_was_asked_for()
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            null, ("SIDECAR_TOKEN", null), ("SIDECAR_Access__AllowAnonymous", "true"));
        await sidecar.SettleAsync();
        using var answer = await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
