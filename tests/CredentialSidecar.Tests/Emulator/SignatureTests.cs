using System.Text;
using CredentialSidecar.Emulator.Sts;
using CredentialSidecar.Emulator.Worlds;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CredentialSidecar.Tests.Emulator;

public sealed class SignatureTests : EmulatorTest
{
    // The worked example of the AWS documentation, which neither side of these tests wrote.
    [Fact]
    public void The_published_example_has_its_published_signature()
    {
        var header = AuthorizationHeader.Parse(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, " +
            "SignedHeaders=content-type;host;x-amz-date, Signature=unused");
        var request = new StsRequest("GET", "/", "Action=ListUsers&Version=2010-05-08", new HeaderDictionary
        {
            ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8",
            ["Host"] = "iam.amazonaws.com",
            ["X-Amz-Date"] = "20150830T123600Z",
        }, [], new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>());

        var signature = Signature.Compute(
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", header, "20150830T123600Z", CanonicalRequest.Write(request, header.SignedHeaders));

        Assert.Equal("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", signature);
    }

    [Fact]
    public async Task A_user_is_told_who_it_is()
    {
        var reply = await Sts.GetCallerIdentityAsync(Keys.Developer);

        Assert.Equal((200, DefaultWorld.Developer, "111122223333"), (reply.Status, reply["Arn"], reply["Account"]));
        Assert.Equal(reply["RequestId"], reply.Response.Headers.GetValues("x-amzn-RequestId").Single());
        Assert.Equal(Clock.GetUtcNow(), reply.Response.Headers.Date);
    }

    [Fact]
    public async Task A_get_with_its_parameters_in_the_query_is_answered_alike()
    {
        var sts = new SignedSts(Http, Server.StsEndpoint, Clock) { Method = HttpMethod.Get };

        var reply = await sts.AssumeRoleAsync(
            await ReadTaskRoleAsync(), DefaultWorld.Reader, ("Tags.member.1.Key", "a b"), ("Tags.member.1.Value", "+/=é"));

        Assert.Equal((200, "+/=é"), (reply.Status, Server.Calls.Sts.Single().Tags?[0].Value));
    }

    [Fact]
    public async Task A_wrong_secret_does_not_match()
    {
        var reply = await Sts.GetCallerIdentityAsync(Keys.Developer with { SecretAccessKey = "wrong" });

        AssertRefused(
            reply, 403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. ");
    }

    [Fact]
    public async Task An_unknown_key_is_invalid() =>
        AssertInvalidToken(await Sts.GetCallerIdentityAsync(new Keys("AKIAAAAAAAAAAAAAAAAA", "x")));

    [Fact]
    public async Task A_session_without_its_token_is_invalid() =>
        AssertInvalidToken(await Sts.GetCallerIdentityAsync(await ReadTaskRoleAsync() with { Token = null }));

    [Fact]
    public async Task A_session_with_the_token_of_another_is_invalid()
    {
        var first = await ReadTaskRoleAsync();
        Server.RotateTaskRole();
        var second = await ReadTaskRoleAsync();

        AssertInvalidToken(await Sts.GetCallerIdentityAsync(first with { Token = second.Token }));
    }

    [Fact]
    public async Task A_user_with_a_token_is_invalid() =>
        AssertInvalidToken(await Sts.GetCallerIdentityAsync(Keys.Developer with { Token = "t" }));

    [Theory]
    [InlineData(-301, "Signature expired: 20251231T235459Z is now earlier than 20251231T235500Z (20260101T000000Z - 5 min.)")]
    [InlineData(301, "Signature not yet current: 20260101T000501Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)")]
    public async Task A_clock_that_is_off_by_more_than_five_minutes_is_refused(int seconds, string message)
    {
        var reply = await With(skew: TimeSpan.FromSeconds(seconds)).GetCallerIdentityAsync(Keys.Developer);

        AssertRefused(reply, 403, "SignatureDoesNotMatch", message);
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task A_clock_that_is_off_by_five_minutes_is_accepted(int seconds) =>
        Assert.Equal(200, (await With(skew: TimeSpan.FromSeconds(seconds)).GetCallerIdentityAsync(Keys.Developer)).Status);

    [Fact]
    public async Task A_signature_for_another_service_is_refused() =>
        AssertRefused(
            await With(service: "s3").GetCallerIdentityAsync(Keys.Developer),
            403, "SignatureDoesNotMatch", "Credential should be scoped to correct service: 'sts'.");

    [Fact]
    public async Task A_body_changed_after_signing_does_not_match()
    {
        var meddled = With(tamper: request => request.Content = new StringContent(
            "Action=GetCallerIdentity&Version=2011-06-15&x=1", Encoding.UTF8, "application/x-www-form-urlencoded"));

        AssertRefused(await meddled.GetCallerIdentityAsync(Keys.Developer), 403, "SignatureDoesNotMatch", "The request signature");
    }

    [Fact]
    public async Task An_amz_header_added_after_signing_is_refused() =>
        AssertRefused(
            await With(tamper: request => request.Headers.Add("X-Amz-Extra", "1")).GetCallerIdentityAsync(Keys.Developer),
            403, "SignatureDoesNotMatch", "There were headers present in the request which were not signed: x-amz-extra");

    [Fact]
    public async Task An_unsigned_request_is_refused() =>
        AssertRefused(
            await With(tamper: request => request.Headers.Remove("Authorization")).GetCallerIdentityAsync(Keys.Developer),
            403, "MissingAuthenticationToken", "Request is missing Authentication Token");

    [Theory]
    [InlineData("Bearer x", "Authorization header requires the algorithm")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e",
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=x", "Credential must have exactly 5")]
    public async Task Half_a_signature_is_incomplete(string header, string message)
    {
        var meddled = With(tamper: request =>
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", header);
        });

        AssertRefused(await meddled.GetCallerIdentityAsync(Keys.Developer), 400, "IncompleteSignature", message);
    }

    private SignedSts With(TimeSpan skew = default, string service = "sts", Action<HttpRequestMessage>? tamper = null) =>
        new(Http, Server.StsEndpoint, Clock) { Skew = skew, Service = service, Tamper = tamper };

    private static void AssertInvalidToken(StsReply reply) =>
        AssertRefused(reply, 403, "InvalidClientTokenId", "The security token included in the request is invalid.");

    private static void AssertRefused(StsReply reply, int status, string code, string messageBeginning)
    {
        Assert.Equal((status, code), (reply.Status, reply.Code));
        Assert.StartsWith(messageBeginning, reply.Message, StringComparison.Ordinal);
        Assert.Equal("Sender", reply["Type"]);
    }
}
