using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>The contract as it goes over the wire, one test for each requirement.</summary>
public sealed class CredentialsEndpointTests : IAsyncLifetime
{
    private SidecarFixture _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarFixture.StartAsync(
            null,
            Settings.Destination(
                "default", "arn:aws:iam::222233334444:role/hub", "arn:aws:iam::666677778888:role/team/audit/reader"));
        await _sidecar.SettleAsync();
    }

    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();

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
        var body = await _sidecar.Client.GetFromJsonAsync<JsonElement>("/v1/credentials", TestContext.Current.CancellationToken);
        var last = _sidecar.Tree.Find("default")!.Node;

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
    [InlineData("/v1/credentials/reports", "wrong", 401, "Unauthorized")]
    [InlineData("/v1/credentials/nobody", Settings.Token, 400, "InvalidIdInRequest")]
    [InlineData("/v1/credentials/reports/more", Settings.Token, 404, "NotFound")]
    [InlineData("/V1/Credentials", Settings.Token, 404, "NotFound")]
    public async Task R8_R9_R18_An_error_names_its_code_first_in_both_cases(string path, string token, int status, string code)
    {
        using var response = await GetAsync(path, token);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var body = JsonSerializer.Deserialize<JsonElement>(text);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith($$"""{"code":"{{code}}","message":""", text, StringComparison.Ordinal);
        Assert.Equal((code, status), (body.GetProperty("Code").GetString(), body.GetProperty("HTTPErrorCode").GetInt32()));
        Assert.Equal(body.GetProperty("message").GetString(), body.GetProperty("Message").GetString());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task R9_Another_method_is_405_with_Allow(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/credentials/reports");
        using var response = await _sidecar.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("MethodNotAllowed", text, StringComparison.Ordinal);
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
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await RawHttp.AskAsync(_sidecar.Endpoint,
            "GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
            $"Authorization: {Settings.Token}\r\n{headers}Connection: close\r\n\r\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("//v1//credentials/reports", "200")]
    [InlineData("/v1/credentials//reports//", "200")]
    [InlineData("///v1/credentials", "200")]
    [InlineData("//v1//credentials//nobody", "400")]
    [InlineData("//elsewhere", "404")]
    public async Task Doubled_slashes_are_one_as_the_agent_cleans_them(string path, string status) =>
        Assert.StartsWith($"HTTP/1.1 {status} ", await RawHttp.AskAsync(_sidecar.Endpoint,
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

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /v1/credentials HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Header: x\r\n\r\n")]
    public async Task R8_A_malformed_request_gets_an_error_that_SDKs_can_read(string request)
    {
        var answer = await RawHttp.AskAsync(_sidecar.Endpoint, request);

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/json\r\n", answer, StringComparison.Ordinal);
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (answer[..end], answer[(end + 4)..]);
        Assert.Contains($"\r\nContent-Length: {body.Length}", head, StringComparison.Ordinal);
        Assert.Equal("InvalidRequest", JsonSerializer.Deserialize<JsonElement>(body).GetProperty("code").GetString());
    }

    [Fact]
    public async Task R8_Headers_larger_than_any_SDKs_get_an_error_that_SDKs_can_read()
    {
        var request = $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('x', 20_000)}\r\n\r\n";
        var answer = await RawHttp.AskAsync(_sidecar.Endpoint, request);

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"HTTPErrorCode\":431", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R17_Each_refusal_has_its_own_log_line_without_the_token()
    {
        using var response = await GetAsync("/v1/credentials/reports", "a-wrong-token");

        var line = Assert.Single(_sidecar.Logs.Lines, line => line.Event.Id == 400);
        Assert.Contains("401", line.Text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-token", line.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CredentialFailure.StsUnavailable, 503, "CredentialsUnavailable")]
    [InlineData(CredentialFailure.Throttled, 503, "CredentialsUnavailable")]
    [InlineData(CredentialFailure.SignerRejected, 503, "CredentialsUnavailable")]
    [InlineData(CredentialFailure.SourceUnavailable, 503, "SourceUnavailable")]
    [InlineData(CredentialFailure.SourceRefused, 503, "SourceUnavailable")]
    [InlineData(CredentialFailure.NotReady, 503, "CredentialsUninitialized")]
    [InlineData(CredentialFailure.Denied, 403, "AccessDenied")]
    [InlineData(CredentialFailure.InvalidHop, 403, "InvalidRoleConfiguration")]
    [InlineData(CredentialFailure.Internal, 500, "InternalServerError")]
    internal async Task R9_Each_failure_has_its_status(CredentialFailure failure, int status, string code)
    {
        await using var sidecar = await SidecarFixture.StartAsync(
            sts => sts.FailWhen = _ => new CredentialException(failure, "It went wrong."));
        await sidecar.SettleAsync();
        using var response = await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

        Assert.Equal((status, code), ((int)response.StatusCode, body.GetProperty("code").GetString()));
        Assert.StartsWith("It went wrong.", body.GetProperty("message").GetString(), StringComparison.Ordinal);

        // Go v1 and JavaScript v2 sleep for as long as it says, so it never says more than a second.
        Assert.Equal(status == 503 ? TimeSpan.FromSeconds(1) : null, response.Headers.RetryAfter?.Delta);
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

    private async Task<HttpResponseMessage> GetAsync(string path, string token = Settings.Token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_sidecar.Endpoint, path));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        using var client = new HttpClient();
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
