using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>STS in every mood, over a real socket and through the real AWS SDK.</summary>
public sealed class RoleAssumerTests
{
    private static readonly TemporaryCredentials Signer = new(
        "ASIASIGNER", "signer-secret", "signer-token", null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

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

    [Fact]
    public async Task Every_input_of_a_hop_reaches_STS_signed_for_its_region()
    {
        var heads = new List<string>();
        await using var sts = RawServer.Custom((head, stream, stop) =>
        {
            heads.Add(Uri.UnescapeDataString(head));
            var body = Answer();
            return ReplyAsync(stream, 200, body, stop);
        });
        await AssumeAsync(sts.Uri, Hop() with
        {
            ExternalId = "ext:1/2",
            SourceIdentity = "who",
            Tags = [new SessionTag("team", "orders")],
            TransitiveTagKeys = ["team"],
            Policy = "{\"Version\":\"2012-10-17\"}",
            PolicyArns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            Duration = TimeSpan.FromSeconds(1800),
            Region = "ap-south-1",
        });

        var head = Assert.Single(heads);
        Assert.Contains("/ap-south-1/sts/aws4_request", head, StringComparison.Ordinal);
        Assert.Contains("X-Amz-Security-Token: signer-token", head, StringComparison.OrdinalIgnoreCase);
        Assert.All(
            [
                "DurationSeconds=1800", "ExternalId=ext:1/2", "SourceIdentity=who", "RoleSessionName=test",
                "Tags.member.1.Key=team", "Tags.member.1.Value=orders", "TransitiveTagKeys.member.1=team",
                "Policy={\"Version\":\"2012-10-17\"}", "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess",
            ],
            (string input) => Assert.Contains(input, head, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(80, false)]
    [InlineData(81, true)]
    public async Task A_session_whose_tags_and_policies_are_nearly_too_large_is_warned_of_once_STS_says_so(int percent, bool isWarned)
    {
        using var logs = new CollectedLogs();
        var packed = $"</AssumedRoleUser><PackedPolicySize>{percent}</PackedPolicySize>";
        var answer = Answer().Replace("</AssumedRoleUser>", packed, StringComparison.Ordinal);
        await using var sts = RawServer.Http(200, answer, "text/xml");
        await AssumeAsync(sts.Uri, logs: logs);

        var warnings = logs.Lines.Where(line => line.Event.Id == EventIds.PolicyNearlyFull);
        Assert.Equal(isWarned, warnings.Any(line => line.Text.Contains($"used {percent} %", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("AKIAUSER", "", "DurationSeconds=43200")]
    [InlineData("ASIASESSION", "token", "DurationSeconds=3600")]
    [InlineData("ASIASESSION", "", "DurationSeconds=3600")]
    public async Task Twelve_hours_are_asked_for_with_long_lived_keys_and_an_hour_with_a_session(
        string keyId, string token, string expected)
    {
        using var logs = new CollectedLogs();
        var heads = new List<string>();
        await using var sts = RawServer.Custom((head, stream, stop) =>
        {
            heads.Add(head);
            return ReplyAsync(stream, 200, Answer(TimeSpan.FromHours(expected.EndsWith("43200", StringComparison.Ordinal) ? 12 : 1)), stop);
        });
        var hop = Hop() with { Duration = TimeSpan.FromHours(12) };
        var session = await AssumeAsync(sts.Uri, hop, logs, Signer with { AccessKeyId = keyId, SessionToken = token });

        Assert.Contains(expected, Assert.Single(heads), StringComparison.Ordinal);
        var shortened = logs.Lines.Count(line => line.Event.Id == EventIds.DurationShortened);
        Assert.Equal(expected.EndsWith("43200", StringComparison.Ordinal) ? 0 : 1, shortened);
        Assert.InRange(session.Lifetime, TimeSpan.FromMinutes(59), TimeSpan.FromHours(12.1));
    }

    [Theory]
    [InlineData(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        "STS takes the call for role chaining, which it caps at one hour")]
    [InlineData(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        "the role's MaxSessionDuration is shorter; raise it or lower DurationSeconds")]
    public async Task Where_STS_names_a_shorter_cap_an_hour_is_asked_for_and_that_is_logged_once(string message, string reason)
    {
        using var logs = new CollectedLogs();
        await using var sts = RawServer.Custom((head, stream, stop) => head.Contains("DurationSeconds=3600", StringComparison.Ordinal)
            ? ReplyAsync(stream, 200, Answer(), stop)
            : ReplyAsync(
                stream,
                400,
                "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>" +
                $"<Message>{message}</Message></Error></ErrorResponse>",
                stop));
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        var settings = Settings.Load(("AWS_ENDPOINT_URL_STS", sts.Uri.ToString()));
        using var clients = new StsClients(settings, TimeProvider.System);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings, TimeProvider.System),
            services.GetRequiredService<SidecarMetrics>(),
            TimeProvider.System,
            logs.For<RoleAssumer>());
        var hop = Hop() with { Duration = TimeSpan.FromHours(12) };
        var signer = Signer with { AccessKeyId = "AKIAUSER", SessionToken = "" };

        for (var i = 0; i < 3; i++)
        {
            var session = await assumer.AssumeAsync(hop, new NodeLabel("reports", 1), signer, CancellationToken.None);
            Assert.InRange(session.Lifetime, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        }

        Assert.Equal(4, sts.Requests);
        Assert.Equal(
            $"{Settings.ReportsRole} (hop 1) was asked for with 3600 s instead of the configured 43200 s: {reason}. " +
            "This is logged once.",
            Assert.Single(logs.Lines, line => line.Event.Id == EventIds.DurationShortened).Text);
    }

    [Theory]
    [InlineData("3s", 3, 6, 12, 12)]
    [InlineData("10s", 10, 20, 40, 40)]
    public async Task Sts_Timeout_is_what_a_call_has_and_each_attempt_without_an_answer_doubles_it(string timeout, params int[] limits)
    {
        var clock = new VirtualClock();
        await using var sts = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        var settings = Settings.Load(("AWS_ENDPOINT_URL_STS", sts.Uri.ToString()), ("SIDECAR_Sts__Timeout", timeout));
        using var clients = new StsClients(settings, clock);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings, clock),
            services.GetRequiredService<SidecarMetrics>(),
            clock,
            NullLogger<RoleAssumer>.Instance);

        foreach (var limit in limits)
        {
            var call = assumer.AssumeAsync(Hop(), new NodeLabel("reports", 1), Signer, CancellationToken.None);

            while (!call.IsCompleted)
            {
                await Task.WhenAny(call, clock.UntilWaitingAsync());
                clock.Advance(TimeSpan.FromSeconds(1));
            }

            var refused = await Assert.ThrowsAsync<CredentialException>(() => call);
            Assert.Contains(
                $"STS could not be reached: no answer within {limit} s from {sts.Uri.Authority}.",
                refused.Message,
                StringComparison.Ordinal);
        }
    }

    private static Task ReplyAsync(Stream stream, int status, string body, CancellationToken stop)
    {
        var head = $"HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        return stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(head + body), stop).AsTask();
    }

    internal static Hop Hop() => new()
    {
        Role = RoleArn.Parse(Settings.ReportsRole),
        SessionName = "test",
        Duration = TimeSpan.FromHours(1),
        Region = "eu-central-1",
    };

    internal static async Task<TemporaryCredentials> AssumeAsync(
        Uri sts, Hop? hop = null, CollectedLogs? logs = null, TemporaryCredentials? signer = null)
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        var settings = Settings.Load(("AWS_ENDPOINT_URL_STS", sts.ToString()));
        using var clients = new StsClients(settings, TimeProvider.System);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings, TimeProvider.System),
            services.GetRequiredService<SidecarMetrics>(),
            TimeProvider.System,
            logs is null ? NullLogger<RoleAssumer>.Instance : logs.For<RoleAssumer>());
        return await assumer.AssumeAsync(hop ?? Hop(), new NodeLabel("reports", 1), signer ?? Signer, CancellationToken.None);
    }

    private static DateTime Ending(TimeSpan? lifetime) =>
        TimeProvider.System.GetUtcNow().UtcDateTime + (lifetime ?? TimeSpan.FromHours(1));

    internal static string Answer(TimeSpan? lifetime = null, string arn = "arn:aws:sts::555566667777:assumed-role/reports/test") => $"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <AssumedRoleUser><AssumedRoleId>AROA:test</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>new-secret</SecretAccessKey><SessionToken>new-token</SessionToken>
        <Expiration>{Ending(lifetime):yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials>
        </AssumeRoleResult><ResponseMetadata><RequestId>req-0</RequestId></ResponseMetadata></AssumeRoleResponse>
        """;
}
