using System.Text.Json;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>One line for each answer, that joins a CloudTrail event and opens nothing; and nothing waits for it.</summary>
public sealed class AuditTests : AuditTest
{
    [Fact]
    public async Task Each_answer_is_one_line_that_can_be_joined_to_a_CloudTrail_event()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            sidecar.Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "Boto3/1.43 " + new string('x', 400));
            await GetAsync(sidecar, "/v1/credentials/reports");
            await GetAsync(sidecar, "/v1/credentials/nobody");
            sidecar.Client.DefaultRequestHeaders.Remove("Authorization");
            await GetAsync(sidecar, "/v1/credentials/reports");
            await UntilWrittenAsync(3);
        }

        var lines = Lines();
        Assert.Equal(
            ["200 ok default reports", "400 UnknownDestination default ", "401 Unauthorized  "],
            lines.Select(line =>
                $"{Text(line, "status")} {Text(line, "reason")} {Text(line, "client")} {Text(line, "destination")}"));

        var served = lines[0];
        Assert.Equal("127.0.0.1", Text(served, "peer"));
        Assert.Equal("ASIA0001", Text(served, "accessKeyId"));
        Assert.Equal("request-1", Text(served, "stsRequestId"));
        Assert.StartsWith("credential-sidecar", Text(served, "roleSessionName"), StringComparison.Ordinal);
        Assert.Equal(VirtualClock.Start, served.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(VirtualClock.Start.AddHours(1), served.GetProperty("expiration").GetDateTimeOffset());
        Assert.Equal(256, Text(served, "userAgent")!.Length);
        Assert.Equal(JsonValueKind.Null, lines[2].GetProperty("accessKeyId").ValueKind);
    }

    [Fact]
    public async Task A_malformed_or_oversized_request_is_audited_too()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            await RawHttp.AskAsync(sidecar.Endpoint, "nonsense\r\n\r\n");
            await RawHttp.AskAsync(sidecar.Endpoint, $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('x', 20_000)}\r\n\r\n");
            await RawHttp.AskAsync(sidecar.Endpoint, "GET /v1/credentials/nobody HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            await UntilWrittenAsync(3);
        }

        Assert.Equal(
            ["400 Malformed 127.0.0.1", "431 Malformed 127.0.0.1", "401 Unauthorized 127.0.0.1"],
            Lines().Select(line => $"{Text(line, "status")} {Text(line, "reason")} {Text(line, "peer")}"));
    }

    [Theory]
    [InlineData("Boto3/1.43 \u00e4", "Boto3/1.43 \u00e4")]
    [InlineData("a\u001b[2Jb\u2028c\u007f", "a\\u001B[2Jb\\u2028c\\u007F")]
    [InlineData("", null)]
    public void What_a_request_says_of_itself_is_one_line_without_escape_sequences(string sent, string? shown) =>
        Assert.Equal(shown, AuditLine.Shown(sent));

    [Fact]
    public async Task The_same_line_is_in_the_log_unless_it_is_switched_off()
    {
        await using var sidecar = await StartAsync(null);
        await GetAsync(sidecar, "/v1/credentials/reports");
        await UntilLoggedAsync(sidecar, 600);
        Assert.Contains(
            "Served reports to default at 127.0.0.1: access key ASIA0001, session credential-sidecar",
            sidecar.Logs.Lines.Single(line => line.Event.Id == 600).Text,
            StringComparison.Ordinal);

        await using var silent = await StartAsync(null, ("SIDECAR_Audit__Log", "false"));
        await GetAsync(silent, "/v1/credentials/reports");
        Assert.False(silent.Services.GetRequiredService<AuditTrail>().IsOn);
        Assert.DoesNotContain(silent.Logs.Lines, line => line.Event.Id == 600);
    }

    [Fact]
    public async Task A_refusal_is_one_line_in_the_log_and_is_in_the_file_all_the_same()
    {
        await using (var sidecar = await StartAsync(AuditPath))
        {
            await GetAsync(sidecar, "/v1/credentials/no-such-destination");
            await GetAsync(sidecar, "/v1/credentials/reports");
            await UntilLoggedAsync(sidecar, 600);

            var rejected = Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 400).Text;
            var served = Assert.Single(sidecar.Logs.Lines, line => line.Event.Id == 600).Text;
            Assert.Contains(" Client default.", rejected, StringComparison.Ordinal);
            Assert.StartsWith("Served reports to default", served, StringComparison.Ordinal);
            await sidecar.StopAsync();
        }

        Assert.Equal(["UnknownDestination", "ok"], Lines().Select(line => Text(line, "reason")));
    }
}
