using System.Text.Json;
using CredentialSidecar.Testing;
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
    [InlineData(
        "/v2/credentials/",
        """{"code":"NoIdInRequest","message":"CredentialsV2Request: No Credential ID in the request","HTTPErrorCode":400}""")]
    [InlineData(
        "/v2/credentials/x",
        """{"code":"InvalidIdInRequest","message":"CredentialsV2Request: Credentials not found","HTTPErrorCode":400}""")]
    [InlineData(
        "/v1/credentials",
        """{"code":"NoIdInRequest","message":"CredentialsV1Request: No Credential ID in the request","HTTPErrorCode":400}""")]
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
        Assert.Equal("", await response.Content.ReadAsStringAsync(Cancelled));
        Assert.Null(response.Content.Headers.ContentType);
        Assert.False(response.Headers.Contains("X-Rate-Limit-Limit"));
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

    [Theory]
    [InlineData("/v2%2Fcredentials%2FID", 200)]
    [InlineData("/%76%32/credentials/ID", 200)]
    [InlineData("/v2/%63redentials/ID", 200)]
    [InlineData("/v2/credentials/HEX", 200)]
    [InlineData("/v4/%2e%2e/v2/credentials/ID", 301)]
    [InlineData("/v4/..%2fv2/credentials/ID", 301)]
    [InlineData("/v2/%2563redentials/ID", 404)]
    [InlineData("/v2/credentials/ID%0a", 404)]
    [InlineData("/v2/credentials/ID/", 400)]
    [InlineData("/v2/credentials/ID/x", 400)]
    [InlineData("/v2/credentials/x/ID", 400)]
    [InlineData("/v1/credentials?id=ID", 200)]
    [InlineData("/v1%2fcredentials?id=ID", 200)]
    [InlineData("/v1/credentials?%69d=ID", 200)]
    [InlineData("/v1/credentials?id=ID&id=x", 200)]
    [InlineData("/v1/credentials?a=%zz&id=ID", 200)]
    [InlineData("/v1/credentials?id=x&id=ID", 400)]
    [InlineData("/v1/credentials?ID=ID", 400)]
    [InlineData("/v1/credentials?id=ID;x", 400)]
    [InlineData("/V2/credentials/ID", 404)]
    [InlineData("http://127.0.0.1/v2/credentials/ID", 200)]
    public async Task A_path_is_decoded_once_as_Go_does(string target, int status)
    {
        var id = Server.RelativeUri.Split('/')[^1];
        var hex = string.Concat(id.Select(c => $"%{(int)c:x2}"));
        target = target.Replace("HEX", hex, StringComparison.Ordinal)
            .Replace("ID", id, StringComparison.Ordinal)
            .Replace($"?{id}=", "?ID=", StringComparison.Ordinal);
        var answer = await RawHttp.AskAsync(Server.AgentEndpoint, $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200, answer.Contains("AccessKeyId", StringComparison.Ordinal));
        Assert.Equal(status == 301, answer.Contains($"\r\nLocation: {Server.RelativeUri}\r\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "", 200, "\"ProtectionEnabled\":false")]
    [InlineData("PUT", "{\"protectionENABLED\":true} trailing", 200, "\"ExpirationDate\":\"2026-01-01T02:00:00Z\"")]
    [InlineData("PUT", "{\"ProtectionEnabled\":true,\"ExpiresInMinutes\":5}", 200, "\"ExpirationDate\":\"2026-01-01T00:05:00Z\"")]
    [InlineData(
        "PUT",
        "{\"ProtectionEnabled\":true,\"x\":1}",
        400,
        "{\"error\":{\"Code\":\"InvalidParameterException\",\"Message\":\"UpdateTaskProtection: failed to decode request\"}}")]
    [InlineData("PUT", "", 400, "failed to decode request")]
    [InlineData("PUT", "{}", 400, "{\"error\":{\"Arn\":\"arn:aws:ecs:")]
    [InlineData("POST", "", 405, "")]
    [InlineData("DELETE", "", 405, "")]
    [InlineData("PATCH", "", 405, "")]
    [InlineData("OPTIONS", "", 405, "")]
    public async Task Task_protection_answers_as_the_agents_does(string method, string body, int status, string expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), ProtectionOf(Server.MetadataUri.Segments[^1]));
        request.Content = body.Length > 0 || method == "PUT" ? new StringContent(body) : null;
        using var response = await Http.SendAsync(request, Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(expected, await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    private Uri ProtectionOf(string id) => new(Server.AgentEndpoint, $"/api/{id}/task-protection/v1/state");

    [Fact]
    public async Task A_token_meant_for_somebody_else_is_noticed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Server.CredentialsUri);
        request.Headers.TryAddWithoutValidation("Authorization", "a-sidecar-token");
        using var response = await Http.SendAsync(request, Cancelled);

        Assert.True(Assert.Single(Server.Calls.Agent).SentAuthorization);
    }
}
