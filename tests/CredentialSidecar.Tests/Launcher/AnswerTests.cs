using CredentialSidecar.Launcher.Waiting;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>What the launcher makes of an answer (contract R8, R9).</summary>
public sealed class AnswerTests
{
    private const string Refusal =
        """{"code":"AccessDenied","message":"STS says \"no\" to\norders \u003e \u00e9.","HTTPErrorCode":403,"Code":"x","Message":"y"}""";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}", 200, "{}")]
    [InlineData("HTTP/1.0 503 \r\n\r\n", 503, "")]
    [InlineData("HTTP/1.1 204\r\n\r\n", 204, "")]
    public void An_answer_is_a_status_and_a_body(string text, int status, string body)
    {
        var answer = HttpAnswer.Parse(text);

        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("", "closed")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n", "not HTTP")]
    [InlineData("HTTP/1.1", "not HTTP")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b", "broke off")]
    public void What_is_no_answer_is_told_apart(string text, string trouble)
    {
        Assert.Equal(0, HttpAnswer.Parse(text).Status);
        Assert.Contains(trouble, HttpAnswer.Parse(text).Trouble, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:2\r\nA: b\r\n\r\n{}", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", false)]
    public void A_whole_answer_need_not_wait_for_the_close(string text, bool whole) => Assert.Equal(whole, HttpAnswer.IsWhole(text));

    [Theory]
    [InlineData("code", "AccessDenied")]
    [InlineData("message", "STS says \"no\" to orders > ?.")]
    [InlineData("Message", "y")]
    [InlineData("HTTPErrorCode", null)]
    [InlineData("AccessDenied", null)]
    [InlineData("missing", null)]
    public void A_member_is_found_by_its_name_and_fits_one_line(string name, string? text) =>
        Assert.Equal(text, JsonText.Member(Refusal, name));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"code")]
    [InlineData("{\"code\"")]
    [InlineData("{\"code\":")]
    [InlineData("{\"code\":1,\"x\":\"y\"}")]
    [InlineData("{\"x\":\"code\",\"y\":\"z\"}")]
    [InlineData("<html>code</html>")]
    public void What_is_no_such_member_is_not_made_one(string json) => Assert.Null(JsonText.Member(json, "code"));

    [Theory]
    [InlineData("{\"code\":\"a", "a")]
    [InlineData("{\"code\":\"a\\", "a")]
    [InlineData("{\"code\":\"a\\u12", "au12")]
    [InlineData("5\r\n{\"code\" : \"a\"}", "a")]
    [InlineData("{\"code\":\"a\x1b[31m\"}", "a [31m")]
    public void A_broken_body_is_read_as_far_as_it_goes(string json, string text) => Assert.Equal(text, JsonText.Member(json, "code"));

    [Theory]
    [InlineData(200, "{\"AccessKeyId\":\"ASIA\"}", 0, false)]
    [InlineData(200, "<html>", 75, true)]
    [InlineData(400, "{}", 78, false)]
    [InlineData(401, "{}", 77, false)]
    [InlineData(403, "{}", 77, true)]
    [InlineData(404, "{}", 78, false)]
    [InlineData(408, "", 75, true)]
    [InlineData(429, "", 75, true)]
    [InlineData(500, "", 75, true)]
    [InlineData(503, "{}", 75, true)]
    public void R9_A_status_decides_whether_to_ask_again_and_how_it_ends(int status, string body, int exitCode, bool mayHeal)
    {
        var verdict = Verdict.Of(HttpAnswer.Parse($"HTTP/1.1 {status} X\r\n\r\n{body}"));

        Assert.Equal((exitCode, mayHeal), (verdict.ExitCode, verdict.MayHeal));
    }

    [Fact]
    public void R8_The_sidecars_own_words_are_passed_on()
    {
        var verdict = Verdict.Of(HttpAnswer.Parse("HTTP/1.1 403 Forbidden\r\n\r\n" + Refusal));

        Assert.StartsWith(
            "No credentials from http://127.0.0.1:9170/v1/credentials within 30s: AccessDenied: STS says \"no\" to orders > ?. A policy",
            verdict.AsMistake("http://127.0.0.1:9170/v1/credentials", 30_000).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer 5f1c", "the token begins with \"Bearer \". Leave \"Bearer \" out: the sidecar takes its token alone.")]
    [InlineData("bearer 5f1c", "the token begins with \"Bearer \". Leave \"Bearer \" out: the sidecar takes its token alone.")]
    [InlineData(
        "5f1c",
        "Unauthorized: The authorization token is wrong. " +
        "Give the launcher the sidecar's token, by --token-file or CREDENTIAL_LAUNCH_TOKEN.")]
    public void A_token_after_a_scheme_gets_one_advice(string token, string expected)
    {
        const string Wrong = "{\"code\":\"Unauthorized\",\"message\":\"The authorization token is wrong.\"}";
        var verdict = Verdict.Of(HttpAnswer.Parse("HTTP/1.1 401 Unauthorized\r\n\r\n" + Wrong), token);

        Assert.Equal((77, false), (verdict.ExitCode, verdict.MayHeal));
        Assert.Equal(
            $"No credentials from http://127.0.0.1:9170/v1/credentials: {expected}",
            verdict.AsMistake("http://127.0.0.1:9170/v1/credentials", 30_000).Text);
    }

    [Fact]
    public void A_destination_that_is_not_allowed_names_the_setting_and_is_not_waited_for()
    {
        const string Foreign = """{"code":"DestinationNotAllowed","message":"Client 'web' may not read destination 'audit'."}""";
        var verdict = Verdict.Of(HttpAnswer.Parse("HTTP/1.1 403 Forbidden\r\n\r\n" + Foreign));

        Assert.Equal((77, false), (verdict.ExitCode, verdict.MayHeal));
        Assert.Equal(
            "No credentials from http://127.0.0.1:9170/v1/credentials/audit: DestinationNotAllowed: "
                + "Client 'web' may not read destination 'audit'. "
                + "Add the destination to this client under Access:Clients of the sidecar's configuration, "
                + "or name another one by --destination.",
            verdict.AsMistake("http://127.0.0.1:9170/v1/credentials/audit", 30_000).Text);
    }

    [Fact]
    public void The_request_is_what_an_sdk_sends_and_the_token_goes_in_verbatim()
    {
        var request = HttpRequest.Get(9170, "/v1/credentials/reports", "Bearer x");

        Assert.StartsWith("GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1:9170\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\nAuthorization: Bearer x\r\n\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", HttpRequest.Get(9171, "/healthz"), StringComparison.Ordinal);
    }
}
