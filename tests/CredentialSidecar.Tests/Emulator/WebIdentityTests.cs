using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class WebIdentityTests : EmulatorTest
{
    private readonly WebTokens _tokens = new();

    [Fact]
    public async Task A_signed_token_gets_a_session_of_the_role_that_trusts_it()
    {
        var reply = await AssumeAsync(Token());

        Assert.True(reply.Status == 200, reply.Text);
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/orders-pod/test", reply["Arn"]);
        Assert.Equal((WebTokens.Provider, WebTokens.Audience), (reply["Provider"], reply["Audience"]));
        Assert.Equal(WebTokens.Subject, reply["SubjectFromWebIdentityToken"]);
        Assert.Equal(reply["Arn"], (await Sts.GetCallerIdentityAsync(reply.Keys))["Arn"]);
        Assert.Equal(200, (await Sts.AssumeRoleAsync(reply.Keys, DefaultWorld.Reports)).Status);
    }

    [Theory]
    [InlineData("iss", "https://other.example", "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://other.example")]
    [InlineData("aud", "other", "InvalidIdentityToken", "Incorrect token audience")]
    [InlineData("sub", "system:serviceaccount:orders:other", "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")]
    public async Task A_claim_that_does_not_fit_is_refused(string claim, string value, string code, string message)
    {
        var reply = await AssumeAsync(Token(claims => claims[claim] = value));

        Assert.Equal((code, message), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task A_token_expires_by_the_clock_of_the_emulator()
    {
        var token = Token();
        Assert.Equal(200, (await AssumeAsync(token)).Status);

        Clock.Advance(TimeSpan.FromHours(1));

        var reply = await AssumeAsync(token);
        Assert.Equal((400, "ExpiredTokenException"), (reply.Status, reply.Code));
        Assert.Contains("must be before the expiration date/time", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_of_another_key_or_over_other_claims_is_refused()
    {
        using var other = new WebTokens();
        var (own, foreign) = (Token().Split('.'), other.Sign(Clock.GetUtcNow() + TimeSpan.FromHours(1)).Split('.'));

        Assert.Equal("InvalidIdentityToken", (await AssumeAsync(string.Join('.', foreign))).Code);
        Assert.Equal("InvalidIdentityToken", (await AssumeAsync($"{own[0]}.{foreign[1]}.{own[2]}")).Code);
        Assert.Equal("InvalidIdentityToken", (await AssumeAsync($"eyJhbGciOiJub25lIn0.{own[1]}.")).Code);
        Assert.Equal("InvalidIdentityToken", (await AssumeAsync("not-a-token")).Code);
    }

    [Fact]
    public void An_RSA_key_is_checked_too()
    {
        using var rsa = RSA.Create(2048);
        var (known, data) = (rsa.ExportParameters(false), "header.payload"u8.ToArray());
        var key = new WebKey("RSA", N: Base64Url.EncodeToString(known.Modulus), E: Base64Url.EncodeToString(known.Exponent));
        var signature = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        Assert.True(key.IsValid);
        Assert.True(key.Verifies(data, signature, "RS256"));
        Assert.False(key.Verifies(data, signature, "ES256"));
        Assert.False(key.Verifies([.. data, 0], signature, "RS256"));
    }

    [Fact]
    public async Task A_role_that_trusts_no_provider_is_denied()
    {
        Server.World = Server.World.WithRole(new Role(WebTokens.Role));

        Assert.Equal("AccessDenied", (await AssumeAsync(Token())).Code);
    }

    private protected override World CreateWorld() => WorldFile.Parse(_tokens.World(DefaultWorld.Reports));

    private string Token(Action<JsonObject>? change = null) => _tokens.Sign(Clock.GetUtcNow() + TimeSpan.FromHours(1), change);

    private async Task<StsReply> AssumeAsync(string token)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("Action", "AssumeRoleWithWebIdentity"), new("Version", "2011-06-15"), new("RoleArn", WebTokens.Role),
            new("RoleSessionName", "test"), new("WebIdentityToken", token),
        ]);
        var response = await Http.PostAsync(Server.StsEndpoint, form, Cancelled);
        return new StsReply((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled), response);
    }
}
