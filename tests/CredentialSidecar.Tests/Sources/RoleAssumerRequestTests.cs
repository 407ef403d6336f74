using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>What the request to STS holds: every input of a hop, a duration and a time limit.</summary>
public sealed class RoleAssumerRequestTests : RoleAssumerTest
{
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
        Assert.Equal(isWarned, warnings.Any(line => line.Text.Contains($"uses {percent} %", StringComparison.Ordinal)));
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
        "STS treats the call as role chaining, which it limits to one hour")]
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
        using var clients = new StsClients(settings.Sts, TimeProvider.System);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings.Secrets, settings.ExternalIds, TimeProvider.System),
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
            $"The sidecar requests 3600 s for {Settings.ReportsRole} (hop 1) instead of the configured 43200 s: {reason}. " +
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
        using var clients = new StsClients(settings.Sts, clock);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings.Secrets, settings.ExternalIds, clock),
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
}
