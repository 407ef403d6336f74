using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>STS in every mood, over a real socket and through the real AWS SDK.</summary>
public sealed class RoleAssumerTests : RoleAssumerTest
{
    [Fact]
    public async Task A_good_answer_becomes_a_session_of_that_role()
    {
        await using var sts = RawServer.Http(200, Answer(), "text/xml");
        var session = await AssumeAsync(sts.Uri);

        Assert.Equal(("ASIANEW", "new-secret", "new-token"), (session.AccessKeyId, session.SecretAccessKey, session.SessionToken));
        Assert.Equal(Settings.ReportsRole, session.RoleArn);
        Assert.InRange(session.Expiration - session.IssuedAt, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    [Theory]
    [InlineData(403, "AccessDenied", CredentialFailure.Denied, 1)]
    [InlineData(403, "ExpiredToken", CredentialFailure.SignerRejected, 1)]
    [InlineData(403, "InvalidClientTokenId", CredentialFailure.SignerRejected, 1)]
    [InlineData(403, "SignatureDoesNotMatch", CredentialFailure.SignerRejected, 1)]
    [InlineData(400, "ValidationError", CredentialFailure.InvalidHop, 1)]
    [InlineData(400, "PackedPolicyTooLarge", CredentialFailure.InvalidHop, 1)]
    [InlineData(400, "MalformedPolicyDocument", CredentialFailure.InvalidHop, 1)]
    [InlineData(403, "RegionDisabledException", CredentialFailure.InvalidHop, 1)]
    [InlineData(400, "Throttling", CredentialFailure.Throttled, 3)]
    [InlineData(429, "TooManyRequestsException", CredentialFailure.Throttled, 3)]
    [InlineData(500, "InternalFailure", CredentialFailure.StsUnavailable, 3)]
    [InlineData(503, "ServiceUnavailable", CredentialFailure.StsUnavailable, 3)]
    internal async Task R10_An_STS_error_is_mapped_and_only_what_may_pass_is_tried_again(
        int status, string code, CredentialFailure failure, int calls)
    {
        await using var sts = RawServer.Http(
            status,
            $"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>because</Message></Error>" +
            "<RequestId>req-1</RequestId></ErrorResponse>",
            "text/xml");
        var refused = await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(sts.Uri));

        Assert.Equal((failure, calls, "req-1"), (refused.Failure, sts.Requests, refused.RequestId));
        Assert.StartsWith($"Cannot assume {Settings.ReportsRole} (hop 1): ", refused.Message, StringComparison.Ordinal);

        // The rate is the account's, so one line tells it for all hops of the region.
        var outage = failure == CredentialFailure.Throttled
            ? new Outage("eu-central-1", "STS asks to be called less often")
            : null;
        Assert.Equal(outage, refused.Outage);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "<html>login</html>")]
    [InlineData(502, "<html>Bad Gateway</html>")]
    [InlineData(404, "not here")]
    [InlineData(302, "")]
    [InlineData(200, "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKey")]
    [InlineData(200, "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult/></AssumeRoleResponse>")]
    public async Task Whatever_is_no_STS_answer_is_an_outage(int status, string body)
    {
        await using var sts = RawServer.Http(status, body, "text/xml", "Location: http://127.0.0.1:1/\r\n");
        Assert.Equal(CredentialFailure.StsUnavailable, (await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(sts.Uri))).Failure);
    }

    [Fact]
    public async Task An_answer_of_10_MB_is_an_outage_and_is_not_read_into_memory()
    {
        await using var sts = RawServer.Http(200, new string(' ', 10_000_000), "text/xml");
        Assert.Equal(CredentialFailure.StsUnavailable, (await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(sts.Uri))).Failure);
    }

    [Theory]
    [InlineData("arn:aws:sts::555566667777:assumed-role/other/x")]
    [InlineData("arn:aws:sts::999999999999:assumed-role/reports/x")]
    public async Task A_session_of_another_role_or_account_is_never_taken(string arn)
    {
        await using var sts = RawServer.Http(200, Answer(arn: arn), "text/xml");
        var refused = await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(sts.Uri));
        Assert.Contains("for another role", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_has_ended_already_is_never_taken()
    {
        await using var sts = RawServer.Http(200, Answer(TimeSpan.FromHours(-1)), "text/xml");
        var refused = await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(sts.Uri));
        Assert.Contains("ended at", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_until_the_year_9999_is_believed_no_longer_than_was_asked_for()
    {
        var untilTheEnd = new DateTime(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc) - TimeProvider.System.GetUtcNow().UtcDateTime;
        await using var sts = RawServer.Http(200, Answer(untilTheEnd), "text/xml");
        var session = await AssumeAsync(sts.Uri);
        Assert.InRange(session.Lifetime, TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(66));
    }

    [Fact]
    public async Task A_refused_connection_is_an_outage_that_names_its_reason()
    {
        var refused = await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(new Uri("http://127.0.0.1:1")));
        Assert.Contains("Connection refused", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_names_both_policies_and_the_statements_to_add()
    {
        await using var sts = RawServer.Http(
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
            "text/xml");
        var hop = Hop() with { ExternalId = "an-external-id", Tags = [new SessionTag("team", "orders")], SourceIdentity = "orders" };
        var refused = await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(sts.Uri, hop));

        Assert.Contains("\"sts:AssumeRole\",\"sts:TagSession\",\"sts:SetSourceIdentity\"", refused.Advice, StringComparison.Ordinal);
        Assert.Contains("\"sts:ExternalId\"", refused.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("an-external-id", refused.Advice + refused, StringComparison.Ordinal);
    }
}
