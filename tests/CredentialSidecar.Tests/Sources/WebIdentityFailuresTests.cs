using System.Text.Json;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Each error of STS has its own text, and a statement to paste where one is missing.</summary>
public sealed class WebIdentityFailuresTests : WebIdentityTest
{
    private const string What = $"The web identity token could not be exchanged for a session of {WebTokens.Role}: ";

    [Theory]
    [InlineData(400, "InvalidIdentityToken", "STS does not accept the token (InvalidIdentityToken).", "SourceRefused",
        "Account 111122223333 needs an IAM OIDC provider for https://" + WebTokens.Issuer + " with the audience sts.amazonaws.com.")]
    [InlineData(400, "ExpiredTokenException", "the token has expired, at ", "SourceUnavailable", "Check that something renews")]
    [InlineData(403, "IDPRejectedClaim", "the identity provider rejected the token (IDPRejectedClaim).", "SourceRefused",
        "Restart the pod")]
    [InlineData(400, "IDPCommunicationError", "STS could not reach the identity provider (IDPCommunicationError).", "SourceUnavailable",
        "/.well-known/openid-configuration")]
    [InlineData(403, "AccessDenied", "STS does not allow it.", "SourceRefused", "add this statement to the trust policy of")]
    [InlineData(400, "Throttling", "STS asks to be called less often.", "SourceUnavailable", "keeps retrying")]
    [InlineData(403, "RegionDisabledException", "STS refused its input (RegionDisabledException).", "SourceRefused", "Activate STS")]
    [InlineData(400, "ValidationError", "STS refused its input (ValidationError).", "SourceRefused", "AWS_ROLE_SESSION_NAME")]
    [InlineData(500, "InternalFailure", "STS failed with 500 InternalFailure.", "SourceUnavailable", "keeps retrying")]
    public async Task An_error_of_STS_is_explained(int status, string code, string what, string failure, string advice)
    {
        Write();
        await using var sts = RawServer.Http(status, Error(code, "Told."), "text/xml");
        var failed = await FailAsync(sts.Uri);

        Assert.StartsWith(What + what, failed.Message, StringComparison.Ordinal);
        Assert.Equal(failure, $"{failed.Failure}");
        Assert.Equal("STS said: Told.", failed.Said);
        Assert.Contains(advice, failed.Advice, StringComparison.Ordinal);

        // Those that may pass at once are tried three times.
        Assert.Equal(code is "IDPCommunicationError" or "Throttling" or "InternalFailure" ? 3 : 1, sts.Requests);
    }

    [Fact]
    public async Task The_missing_statement_is_JSON_with_the_claims_of_the_token()
    {
        Write();
        await using var sts = RawServer.Http(403, Error("AccessDenied", "Not authorized."), "text/xml");
        var advice = (await FailAsync(sts.Uri)).Advice!;
        var json = advice[advice.IndexOf('{', StringComparison.Ordinal)..(advice.LastIndexOf('}') + 1)];
        var statement = JsonDocument.Parse(json).RootElement;
        var conditions = statement.GetProperty("Condition").GetProperty("StringEquals");

        Assert.Equal(WebTokens.Provider, statement.GetProperty("Principal").GetProperty("Federated").GetString());
        Assert.Equal("sts:AssumeRoleWithWebIdentity", statement.GetProperty("Action").GetString());
        Assert.Equal(WebTokens.Audience, conditions.GetProperty($"{WebTokens.Issuer}:aud").GetString());
        Assert.Equal(WebTokens.Subject, conditions.GetProperty($"{WebTokens.Issuer}:sub").GetString());
    }

    [Fact]
    public async Task A_claim_that_could_change_the_statement_is_left_out()
    {
        Write(Tokens.Sign(TimeProvider.System.GetUtcNow(), claims => claims["sub"] = "x\"}}},{\"Effect\":\"Allow\""));
        await using var sts = RawServer.Http(403, Error("AccessDenied", "No."), "text/xml");

        Assert.Contains("\"<the token's sub>\"", (await FailAsync(sts.Uri)).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_of_STS_that_echoes_the_token_is_masked()
    {
        var token = Write();
        await using var sts = RawServer.Http(400, Error("InvalidIdentityToken", $"Bad: {token[^60..]}"), "text/xml");

        Assert.Equal("STS said: Bad: ***.", (await FailAsync(sts.Uri)).Said);
    }

    [Fact]
    public async Task An_STS_that_cannot_be_reached_is_tried_again_and_named()
    {
        Write();
        var failed = await FailAsync(new Uri("http://127.0.0.1:1/"));

        Assert.Equal((CredentialFailure.SourceUnavailable, true), (failed.Failure, failed.MayPassAtOnce));
        Assert.Contains("STS could not be reached: the connection to 127.0.0.1:1 failed", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "STS answered without credentials.")]
    [InlineData(502, "another server answered 502 instead of STS.")]
    public async Task Another_server_in_the_place_of_STS_is_recognized(int status, string expected)
    {
        Write();
        await using var proxy = RawServer.Http(status, "<html>Sign in</html>", "text/html");
        var failed = await FailAsync(proxy.Uri);

        Assert.Equal(What + expected, failed.Message);
        Assert.Contains("is an STS endpoint", failed.Advice, StringComparison.Ordinal);
    }

    private static string Error(string code, string message) => $"""
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>
        """;
}
