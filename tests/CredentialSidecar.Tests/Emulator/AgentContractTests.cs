using System.Text.Json;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class AgentContractTests : EmulatorTest
{
    [Fact]
    public async Task Credentials_come_in_the_agents_order_and_type()
    {
        using var response = await Http.GetAsync(Server.CredentialsUri, Cancelled);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));

        Assert.Equal(
            ["RoleArn", "AccessKeyId", "SecretAccessKey", "Token", "Expiration"],
            body.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("arn:aws:iam::111122223333:role/orders-task", body.RootElement.GetProperty("RoleArn").GetString());
        Assert.Equal("2026-01-01T06:00:00Z", body.RootElement.GetProperty("Expiration").GetString());
        Assert.Matches("^ASIA[A-Z2-7]{16}$", body.RootElement.GetProperty("AccessKeyId").GetString());
        Assert.InRange(body.RootElement.GetProperty("Token").GetString()!.Length, 350, 900);
        Assert.Equal("application/json", response.Content.Headers.NonValidated["Content-Type"].ToString());
    }

    [Theory]
    [InlineData("/v2/credentials/", """{"code":"NoIdInRequest","message":"CredentialsV2Request: No Credential ID in the request","HTTPErrorCode":400}""")]
    [InlineData("/v2/credentials/x", """{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found","HTTPErrorCode":400}""")]
    [InlineData("/v1/credentials", """{"code":"NoIdInRequest","message":"CredentialsV1Request: No Credential ID in the request","HTTPErrorCode":400}""")]
    public async Task Errors_are_the_agents_own_words(string path, string expected)
    {
        using var response = await Http.GetAsync(new Uri(Server.AgentEndpoint, path), Cancelled);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("application/json", response.Content.Headers.NonValidated["Content-Type"].ToString());
    }

    [Fact]
    public async Task The_first_version_of_the_path_reads_the_same_credentials()
    {
        var id = Server.RelativeUri.Split('/')[^1];

        var first = await Http.GetStringAsync(new Uri(Server.AgentEndpoint, $"/v1/credentials?id={id}"), Cancelled);

        Assert.Equal(await Http.GetStringAsync(Server.CredentialsUri, Cancelled), first);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PURGE")]
    public async Task Any_method_reads_credentials(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Server.CredentialsUri);
        using var response = await Http.SendAsync(request, Cancelled);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("AccessKeyId", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unclean_path_is_redirected_to_the_clean_one()
    {
        using var response = await Http.GetAsync(new Uri($"{Server.AgentEndpoint}/v2//credentials/x?q=1"), Cancelled);

        Assert.Equal((301, "/v2/credentials/x?q=1"), ((int)response.StatusCode, response.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Every_response_carries_the_rate_limit_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Server.AgentEndpoint, "/nowhere"));
        request.Headers.Add("X-Forwarded-For", "10.0.0.9");
        using var response = await Http.SendAsync(request, Cancelled);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("40.00", response.Headers.GetValues("X-Rate-Limit-Limit").Single());
        Assert.Equal("1", response.Headers.GetValues("X-Rate-Limit-Duration").Single());
        Assert.Equal("10.0.0.9", response.Headers.GetValues("X-Rate-Limit-Request-Forwarded-For").Single());
        Assert.StartsWith("127.0.0.1:", response.Headers.GetValues("X-Rate-Limit-Request-Remote-Addr").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sixty_first_request_at_once_is_throttled_and_a_second_buys_forty_more()
    {
        Assert.Equal(60, await CountAdmittedAsync(61));

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(40, await CountAdmittedAsync(41));

        using var throttled = await Http.GetAsync(Server.CredentialsUri, Cancelled);
        Assert.Equal(429, (int)throttled.StatusCode);
        Assert.Equal("You have reached maximum request limit.", await throttled.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("text/plain", throttled.Content.Headers.NonValidated["Content-Type"].ToString());

        using var elsewhere = await Http.GetAsync(Server.MetadataUri, Cancelled);
        Assert.Equal(200, (int)elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_logged_path_ends_before_the_credentials_id()
    {
        await ReadTaskRoleAsync();

        var read = Assert.Single(Server.Calls.Agent);
        Assert.Equal(("GET", "/v2/credentials", 200, false), (read.Method, read.Path, read.Status, read.SentAuthorization));
    }

    [Fact]
    public async Task A_logged_path_hides_the_id_even_where_the_path_is_unclean()
    {
        using var redirected = await Http.GetAsync(new Uri($"{Server.AgentEndpoint}{Server.RelativeUri}"), Cancelled);

        Assert.Equal((301, "/v2/credentials"), ((int)redirected.StatusCode, Assert.Single(Server.Calls.Agent).Path));
    }

    [Fact]
    public async Task A_token_meant_for_somebody_else_is_noticed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Server.CredentialsUri);
        request.Headers.TryAddWithoutValidation("Authorization", "a-sidecar-token");
        using var response = await Http.SendAsync(request, Cancelled);

        Assert.True(Assert.Single(Server.Calls.Agent).SentAuthorization);
    }

    private async Task<int> CountAdmittedAsync(int requests)
    {
        var admitted = 0;
        for (var request = 0; request < requests; request++)
        {
            using var response = await Http.GetAsync(Server.CredentialsUri, Cancelled);
            admitted += (int)response.StatusCode == 200 ? 1 : 0;
        }

        return admitted;
    }
}
