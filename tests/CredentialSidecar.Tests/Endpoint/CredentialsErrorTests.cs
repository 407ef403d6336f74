using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Errors of the credentials endpoint have the form that SDKs read, and a log line.</summary>
public sealed class CredentialsErrorTests : CredentialsEndpointTest
{
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
        using var response = await Sidecar.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("MethodNotAllowed", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /v1/credentials HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Header: x\r\n\r\n")]
    public async Task R8_A_malformed_request_gets_an_error_that_SDKs_can_read(string request)
    {
        var answer = await RawHttp.AskAsync(Sidecar.Endpoint, request);

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
        var answer = await RawHttp.AskAsync(Sidecar.Endpoint, request);

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"HTTPErrorCode\":431", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R17_Each_refusal_has_its_own_log_line_without_the_token()
    {
        using var response = await GetAsync("/v1/credentials/reports", "a-wrong-token");

        var line = Assert.Single(Sidecar.Logs.Lines, line => line.Event.Id == 400);
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
}
