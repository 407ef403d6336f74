using System.Net;
using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>Task metadata through the sidecar's port, and never the task role.</summary>
public sealed class MetadataTests : IAsyncLifetime
{
    private const string Allowed = "allowed-8Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5";

    private readonly List<string> _heads = [];
    private RawServer _agent = null!;
    private SidecarFixture _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = RawServer.Custom(async (head, stream, stop) =>
        {
            lock (_heads)
            {
                _heads.Add(head);
            }

            await stream.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"agent\":\"spoke\"}"u8.ToArray(), stop);
        });
        _sidecar = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _agent.DisposeAsync();
    }

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
        Assert.StartsWith(request + " HTTP/1.1\r\n", Assert.Single(_heads), StringComparison.Ordinal);
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

        var sent = Assert.Single(_heads).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Equal([$"Host: {_agent.Uri.Authority}", "X-Own: one"], sent.Order());
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

        Assert.Empty(_heads);
    }

    [Theory]
    [InlineData("POST /v4/x/task", 405)]
    [InlineData("PUT /v2/metadata", 405)]
    [InlineData("DELETE /api/x/task-protection/v1/state", 405)]
    public async Task Only_reading_is_passed_on_and_task_protections_own_PUT(string request, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await AskAsync(request), StringComparison.Ordinal);
        Assert.Empty(_heads);
    }

    [Theory]
    [InlineData("GET /v4/x/task", "Content-Length: 1", 403)]
    [InlineData("GET /api/x/task-protection/v1/state", "Content-Length: 1", 403)]
    public async Task A_body_other_than_that_of_a_task_protection_PUT_is_rejected_and_no_fault_is_logged(
        string request, string header, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await AskAsync(request, header), StringComparison.Ordinal);
        Assert.Empty(_heads);
        Assert.DoesNotContain(_sidecar.Logs.Lines, line => line.Exception is not null);
    }

    [Theory]
    [InlineData(65_537)]
    [InlineData(5_000_000)]
    public async Task A_PUT_that_is_too_large_is_told_the_limit_though_it_sends_all_of_its_body(int length)
    {
        var answer = await RawHttp.AskAsync(_sidecar.Endpoint,
            "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
            $"Content-Length: {length}\r\nConnection: close\r\n\r\n{new string('x', length)}");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains(
            "{\"code\":\"RequestTooLarge\",\"message\":" +
            $"\"The body has {length} bytes; at most 65536 are passed on to the ECS agent.\"",
            answer,
            StringComparison.Ordinal);
        Assert.Empty(_heads);
    }

    [Fact]
    public async Task Slow_bodies_keep_no_place_from_one_that_comes_at_once()
    {
        const string Slow = "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{";
        List<TcpClient> slow = [];

        for (var i = 0; i < 33; i++)
        {
            slow.Add(new TcpClient(_sidecar.Endpoint.Host, _sidecar.Endpoint.Port));
            await slow[i].GetStream().WriteAsync(Encoding.ASCII.GetBytes(Slow), TestContext.Current.CancellationToken);
        }

        // One of them had to make room, and the others wait for the rest of their bodies.
        await Eventually.HoldsAsync(() => slow.Exists(client => client.Available > 0), () => "None made room.");
        var answer = await RawHttp.AskAsync(
            _sidecar.Endpoint,
            "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        slow.ForEach(client => client.Dispose());

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains(
            "The body came too slowly",
            Assert.Single(_sidecar.Logs.Lines, line => line.Event.Id == 400).Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204 ", "")]
    [InlineData("HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nabcde", "HTTP/1.1 205 ", "")]
    [InlineData(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 503 ",
        "The ECS agent answered 101, but no client asked to change the protocol.")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nX-Own: gr\u00f6\u00dfe\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 503 ",
        "The ECS agent answered 200 with a header that holds something other than visible ASCII.")]
    public async Task An_answer_that_cannot_be_passed_on_is_said_to_be_one(string sent, string status, string message)
    {
        await using var agent = RawServer.Custom(async (_, stream, stop) =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(sent), stop);
            await stream.FlushAsync(stop);
        });
        await using var sidecar = await StartAsync(("SIDECAR_SOURCE_ENDPOINT", agent.Uri.GetLeftPart(UriPartial.Authority)));
        var answer = await RawHttp.AskAsync(sidecar.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        var start = message.Length == 0 ? "\r\n\r\n" : $"{{\"code\":\"SourceUnavailable\",\"message\":\"{message}\"";
        Assert.Contains(start, answer, StringComparison.Ordinal);
        var logged = $"failed: it{message.Replace("The ECS agent", "", StringComparison.Ordinal)}";
        var failures = sidecar.Logs.Lines.Count(line => line.Event.Id == 500 && line.Text.Contains(logged, StringComparison.Ordinal));
        Assert.Equal(message.Length > 0 ? 1 : 0, failures);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Exception is not null);
    }

    [Fact]
    public async Task Callers_who_guess_tokens_do_not_use_up_the_ceiling_of_metadata()
    {
        var throttle = _sidecar.Services.GetRequiredService<Throttle>();

        for (var i = 0; i < 2_000; i++)
        {
            throttle.Admit(IPAddress.Loopback, null);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync("GET /v4/x/task"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_body_that_turns_out_too_large_is_no_fault_of_ours()
    {
        const string Put = "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        var chunk = "10001\r\n" + new string('x', 0x10001) + "\r\n0\r\n\r\n";
        var answer = await RawHttp.AskAsync(_sidecar.Endpoint, Put + chunk);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(_sidecar.Logs.Lines, line => line.Event.Id == 500);

        answer = await RawHttp.AskAsync(
            _sidecar.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(_sidecar.Logs.Lines, line => line.Exception is not null);
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
        var answer = await RawHttp.AskAsync(_sidecar.Endpoint, request);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Empty(_heads);
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

        Assert.DoesNotContain("Authorization", Assert.Single(_heads), StringComparison.Ordinal);
        Assert.DoesNotContain(_sidecar.Logs.Lines, line => line.Text.Contains("0123abcd", StringComparison.Ordinal));

        await Eventually.HoldsAsync(() => _sidecar.Logs.Lines.Any(line => line.Event.Id == 600), () => "No audit line.");
        Assert.Contains(
            "Served (task role) to allowed",
            _sidecar.Logs.Lines.First(line => line.Event.Id == 600).Text,
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
            _sidecar.Endpoint,
            $"GET /v2/credentials/0123abcd HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {Allowed}\r\n{header}\r\n" +
            "Connection: close\r\n\r\nx");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Empty(_heads);
    }

    [Theory]
    [InlineData("websocket")]
    [InlineData("SPDY/3.1")]
    [InlineData("h2c, websocket")]
    public async Task A_request_that_offers_another_protocol_is_not_passed_on(string protocol)
    {
        Assert.StartsWith("HTTP/1.1 403 ", await UpgradeAsync(_sidecar, protocol), StringComparison.Ordinal);
        Assert.Empty(_heads);
    }

    [Fact]
    public async Task Javas_offer_of_h2c_is_ignored()
    {
        Assert.StartsWith("HTTP/1.1 200 ", await UpgradeAsync(_sidecar, "h2c"), StringComparison.Ordinal);
        Assert.DoesNotContain("Upgrade", Assert.Single(_heads), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_agent_that_changes_its_protocol_gets_no_tunnel()
    {
        await using var agent = RawServer.Custom(async (_, stream, stop) =>
        {
            await stream.WriteAsync(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\ntunnelled"u8.ToArray(), stop);
            await stream.FlushAsync(stop);
        });
        await using var sidecar = await StartAsync(("SIDECAR_SOURCE_ENDPOINT", agent.Uri.GetLeftPart(UriPartial.Authority)));

        foreach (var headers in (string[])["X-Own: one", "Connection: Upgrade\r\nUpgrade: h2c"])
        {
            var request = $"GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\nConnection: close\r\n\r\n";
            var answer = await RawHttp.AskAsync(sidecar.Endpoint, request);
            Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("tunnelled", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_is_passed_on_unless_that_was_asked_for()
    {
        await using var closed = await StartAsync(("SIDECAR_Passthrough__Metadata", null), ("SIDECAR_Passthrough__TaskRole__0", null));
        var answer = await RawHttp.AskAsync(closed.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", answer, StringComparison.Ordinal);
        Assert.Empty(_heads);
    }

    [Fact]
    public async Task An_agent_that_is_not_there_is_503()
    {
        await using var alone = await StartAsync(("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1"));
        var answer = await RawHttp.AskAsync(alone.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("SourceUnavailable", answer, StringComparison.Ordinal);
    }

    private async Task<SidecarFixture> StartAsync(params IEnumerable<(string, string?)> changes) => await SidecarFixture.StartAsync(null,
    [
        ("SIDECAR_SOURCE_ENDPOINT", _agent.Uri.GetLeftPart(UriPartial.Authority)), ("SIDECAR_Passthrough__Metadata", "true"),
        ("SIDECAR_Access__Clients__allowed__Token", Allowed),
        ("SIDECAR_Access__Clients__allowed__Destinations__0", "reports"),
        ("SIDECAR_Passthrough__TaskRole__0", "allowed"),
        .. changes,
    ]);

    private static Task<string> UpgradeAsync(SidecarFixture sidecar, string protocol) => RawHttp.AskAsync(sidecar.Endpoint,
        $"GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: {protocol}\r\nConnection: Upgrade, close\r\n\r\n");

    private Task<string> TaskRoleAsync(string method, string token) =>
        AskAsync($"{method} /v2/credentials/0123abcd", $"Authorization: {token}");

    private Task<string> AskAsync(string request, params string[] headers) => RawHttp.AskAsync(_sidecar.Endpoint,
        $"{request} HTTP/1.1\r\nHost: 127.0.0.1\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n");
}
