using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>Task metadata through the sidecar's port, and never the task role.</summary>
public sealed class MetadataTests : MetadataTest
{
    [Theory]
    [InlineData("GET /v2/metadata")]
    [InlineData("GET /v2/metadata/0123abcd")]
    [InlineData("GET /v2/metadataWithTags")]
    [InlineData("GET /v2/metadataWithTags/0123abcd")]
    [InlineData("GET /v3/0123abcd/associations/elastic-inference/dev.1:eu~west")]
    [InlineData("GET /v4/0123abcd-45/associations/elastic-inference/..a")]
    [InlineData("GET /v2/stats/0123abcd")]
    [InlineData("GET /v3/0123abcd/task")]
    [InlineData("GET /v4/0123abcd-45/taskWithTags?x=%20")]
    [InlineData("GET /v4/0123abcd-45/task/stats")]
    [InlineData("GET /api/0123abcd-45/task-protection/v1/state")]
    [InlineData("PUT /api/0123abcd-45/task-protection/v1/state")]
    public async Task Metadata_and_task_protection_are_the_agents_own_answer(string request)
    {
        var answer = await AskAsync(request, "X-Own: one");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("{\"agent\":\"spoke\"}", answer, StringComparison.Ordinal);
        Assert.StartsWith(request + " HTTP/1.1\r\n", Assert.Single(Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_sees_neither_the_token_nor_the_client()
    {
        await AskAsync(
            "GET /v4/x/task",
            $"Authorization: {Settings.Token}",
            "X-Forwarded-For: 10.0.0.9",
            "Forwarded: for=10.0.0.9",
            "Via: 1.1 x",
            "X-Real-IP: 10.0.0.9",
            "X-Own: one");

        var sent = Assert.Single(Heads).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Equal([$"Host: {Agent.Uri.Authority}", "X-Own: one"], sent.Order());
    }

    [Theory]
    [InlineData("/v2/credentials/0123abcd")]
    [InlineData("/v2/credentials/")]
    [InlineData("/v2/credentials")]
    [InlineData("/v1/credentials?id=0123abcd")]
    [InlineData("/v2/%63redentials/0123abcd")]
    [InlineData("/v2%2Fcredentials%2F0123abcd")]
    [InlineData("/v2/metadata/../credentials/0123abcd")]
    [InlineData("/v2/metadata/%2e%2e/credentials/0123abcd")]
    [InlineData("/v2/metadata/%252e%252e/credentials/0123abcd")]
    [InlineData("/v4/x/../../v2/credentials/0123abcd")]
    [InlineData("/v4/x%2f..%2f..%2fv2/credentials/0123abcd")]
    [InlineData("/v4/..;/v2/credentials/0123abcd")]
    [InlineData("/v4/x\\..\\..\\v2\\credentials\\0123abcd")]
    [InlineData("//v2/credentials/0123abcd")]
    [InlineData("/v2//credentials/0123abcd")]
    [InlineData("/./v2/credentials/0123abcd")]
    [InlineData("/V2/credentials/0123abcd")]
    [InlineData("/v3/../v2/credentials/0123abcd")]
    [InlineData("/v4/x/associations/t/..")]
    [InlineData("/v4/x/associations/t/.")]
    [InlineData("/v4/x/associations/t/:")]
    [InlineData("/v4/x/associations/../a.b")]
    [InlineData("/v4/../associations/t/a.b")]
    [InlineData("/v4/x/associations/t/a.b/../../../../../v2/credentials/0123abcd")]
    [InlineData("/v4/x/associations/t/a%2e")]
    [InlineData("/v4/x.y/task")]
    [InlineData("/v4")]
    [InlineData("/v4/")]
    [InlineData("/api/x/other")]
    [InlineData("/api/x/task-protection/v1/state/../../../../../v2/credentials/0123abcd")]
    [InlineData("/v5/x")]
    [InlineData("http://127.0.0.1/v2/credentials/0123abcd")]
    public async Task Nothing_that_could_be_the_task_role_reaches_the_agent_by_any_spelling(string target)
    {
        foreach (var method in (string[])["GET", "PUT", "POST", "HEAD"])
        {
            var answer = await AskAsync($"{method} {target}");
            Assert.DoesNotContain("spoke", answer, StringComparison.Ordinal);
        }

        Assert.Empty(Heads);
    }

    [Theory]
    [InlineData("POST /v4/x/task", 405)]
    [InlineData("PUT /v2/metadata", 405)]
    [InlineData("DELETE /api/x/task-protection/v1/state", 405)]
    public async Task Only_reading_is_passed_on_and_task_protections_own_PUT(string request, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await AskAsync(request), StringComparison.Ordinal);
        Assert.Empty(Heads);
    }

    [Fact]
    public async Task Callers_who_guess_tokens_do_not_use_up_the_ceiling_of_metadata()
    {
        var throttle = Sidecar.Services.GetRequiredService<Throttle>();

        for (var i = 0; i < 2_000; i++)
        {
            throttle.Admit(IPAddress.Loopback, null);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync("GET /v4/x/task"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin: https://attacker.example")]
    [InlineData("Host: attacker.example")]
    [InlineData("Upgrade-Insecure-Requests: 1")]
    [InlineData("User-Agent: Mozilla/5.0")]
    public async Task A_browser_reads_no_metadata_through_it(string header)
    {
        var host = header.StartsWith("Host", StringComparison.Ordinal) ? "" : "Host: 127.0.0.1\r\n";
        var request = $"GET /v4/x/task HTTP/1.1\r\n{host}{header}\r\nConnection: close\r\n\r\n";
        var answer = await RawHttp.AskAsync(Sidecar.Endpoint, request);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Empty(Heads);
    }

    [Fact]
    public async Task Node_reads_metadata_through_it_though_it_sends_Sec_Fetch_Mode() =>
        Assert.StartsWith(
            "HTTP/1.1 200 ",
            await AskAsync("GET /v4/x/task", "Sec-Fetch-Mode: cors", "User-Agent: node"),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_client_that_is_named_for_it_reads_the_task_role_by_its_token_and_it_is_written_down()
    {
        Assert.StartsWith("HTTP/1.1 200 ", await TaskRoleAsync("GET", Allowed), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await TaskRoleAsync("GET", Settings.Token), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await AskAsync("GET /v2/credentials/0123abcd"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 405 ", await TaskRoleAsync("PUT", Allowed), StringComparison.Ordinal);

        Assert.DoesNotContain("Authorization", Assert.Single(Heads), StringComparison.Ordinal);
        Assert.DoesNotContain(Sidecar.Logs.Lines, line => line.Text.Contains("0123abcd", StringComparison.Ordinal));

        await Eventually.HoldsAsync(() => Sidecar.Logs.Lines.Any(line => line.Event.Id == 600), () => "No audit line.");
        Assert.Contains(
            "Served (task role) to allowed",
            Sidecar.Logs.Lines.First(line => line.Event.Id == 600).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 10.0.0.1")]
    [InlineData("Via: 1.1 proxy")]
    [InlineData("Origin: null")]
    [InlineData("Content-Length: 1")]
    public async Task The_task_role_is_behind_the_whole_wall(string header)
    {
        var answer = await RawHttp.AskAsync(
            Sidecar.Endpoint,
            $"GET /v2/credentials/0123abcd HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {Allowed}\r\n{header}\r\n" +
            "Connection: close\r\n\r\nx");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Empty(Heads);
    }

    [Fact]
    public async Task Nothing_is_passed_on_unless_that_was_asked_for()
    {
        await using var closed = await StartAsync(("SIDECAR_Passthrough__Metadata", null), ("SIDECAR_Passthrough__TaskRole__0", null));
        var answer = await RawHttp.AskAsync(closed.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.Empty(Heads);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_503()
    {
        await using var alone = await StartAsync(("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1"));
        var answer = await RawHttp.AskAsync(alone.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("SourceUnavailable", answer, StringComparison.Ordinal);
    }

    private Task<string> TaskRoleAsync(string method, string token) =>
        AskAsync($"{method} /v2/credentials/0123abcd", $"Authorization: {token}");
}
