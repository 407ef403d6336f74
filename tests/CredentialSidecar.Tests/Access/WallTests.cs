using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Chains;
using CredentialSidecar.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>What a browser, a proxy or a confused server is led to send gets nothing, even with the right token.</summary>
public sealed class WallTests : IAsyncLifetime
{
    private SidecarFixture _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarFixture.StartAsync(null, ("SIDECAR_Access__Hosts__0", "sidecar.internal"));
        await _sidecar.SettleAsync();
    }

    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:{port}")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:{port}")]
    [InlineData("sidecar.internal")]
    [InlineData("sidecar.internal:{port}")]
    [InlineData("sidecar.internal:8080")]
    public async Task R14_An_own_Host_is_answered_with_and_without_port(string host) =>
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync($"Host: {host}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("attacker.example")]
    [InlineData("attacker.example:{port}")]
    [InlineData("127.0.0.1.attacker.example:{port}")]
    [InlineData("localhost.attacker.example:{port}")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1:99999999999")]
    [InlineData("localhost:1")]
    [InlineData("127.0.0.2:{port}")]
    [InlineData("127.1:{port}")]
    [InlineData("2130706433:{port}")]
    [InlineData("0x7f000001:{port}")]
    [InlineData("0177.0.0.1:{port}")]
    [InlineData("[::1]:{port}")]
    [InlineData("[::ffff:127.0.0.1]:{port}")]
    [InlineData("0.0.0.0:{port}")]
    [InlineData("169.254.170.2")]
    [InlineData("")]
    public async Task Any_other_Host_is_refused_as_after_DNS_rebinding(string host) =>
        AssertRefused(await AskAsync($"Host: {host}"), "RequestNotAllowed");

    [Theory]
    [InlineData("X-Forwarded-For: 10.0.0.1")]
    [InlineData("x-forwarded-host: 127.0.0.1")]
    [InlineData("X-Forwarded-Anything: x")]
    [InlineData("X-Forwarded-For:")]
    [InlineData("Forwarded: for=10.0.0.1")]
    [InlineData("Via: 1.1 proxy")]
    [InlineData("Origin: https://attacker.example")]
    [InlineData("Origin: null")]
    [InlineData("Referer: https://attacker.example/")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("sec-fetch-dest: image")]
    [InlineData("Sec-Fetch-User: ?1")]
    [InlineData("Sec-Fetch-Modes: cors")]
    [InlineData("Sec-CH-UA: x")]
    [InlineData("Sec-Purpose: prefetch")]
    [InlineData("Sec-WebSocket-Key: x")]
    [InlineData("Upgrade-Insecure-Requests: 1")]
    [InlineData("User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")]
    [InlineData("user-agent: mozilla/5.0")]
    [InlineData("X-Real-IP: 10.0.0.1")]
    [InlineData("X-Forwarded: for=10.0.0.1")]
    [InlineData("X-Original-Host: attacker.example")]
    [InlineData("X-Client-IP: 10.0.0.1")]
    [InlineData("True-Client-IP: 10.0.0.1")]
    [InlineData("CF-Connecting-IP: 10.0.0.1")]
    public async Task What_browsers_and_proxies_add_is_refused(string header)
    {
        var answer = await AskAsync("Host: 127.0.0.1", header);

        AssertRefused(answer, "RequestNotAllowed");
        Assert.DoesNotContain("attacker", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _sidecar.Logs.Lines,
            line => line.Event.Id == 400 && line.Text.Contains("attacker", StringComparison.Ordinal));
    }

    /// <summary>What they send besides Host, as <c>RuntimeTests</c> sees it.</summary>
    [Theory]
    [InlineData("Sec-Fetch-Mode: cors\r\nUser-Agent: node\r\nAccept: */*\r\nAccept-Language: *\r\nAccept-Encoding: gzip, deflate")]
    [InlineData("User-Agent: Deno/2.9.6\r\nAccept: */*\r\nAccept-Language: *")]
    [InlineData("User-Agent: Bun/1.4.5")]
    [InlineData("User-Agent: Mozilla/5.0 (Linux; Debian GNU/Linux 12 (bookworm); ) PowerShell/7.6.9")]
    [InlineData("User-Agent: aws-sdk-nodejs/2.1693.0 linux/v20.20.2 callback")]
    [InlineData("User-Agent:")]
    public async Task A_program_other_than_a_browser_is_answered(string headers) =>
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync("Host: 127.0.0.1", headers), StringComparison.Ordinal);

    [Theory]
    [InlineData("GET http://127.0.0.1:{port}/v1/credentials/reports", "Host: 127.0.0.1:{port}")]
    [InlineData("GET http://127.0.0.1/v1/credentials/reports", "Host: 127.0.0.1")]
    public async Task A_proxys_form_of_request_is_refused(string target, string host) =>
        AssertRefused(await RawAsync($"{target} HTTP/1.1\r\n{host}"), "RequestNotAllowed");

    [Fact]
    public async Task A_method_is_its_very_letters() =>
        Assert.StartsWith("HTTP/1.1 405 ", await RawAsync("get /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    public async Task A_request_with_a_body_is_refused(string rest) =>
        AssertRefused(await RawAsync($"GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n{rest}"), "RequestNotAllowed");

    [Theory]
    [InlineData("Host: attacker.example")]
    [InlineData("Host: 127.0.0.1\r\nOrigin: https://attacker.example")]
    [InlineData("Host: 127.0.0.1\r\nX-Forwarded-For: 10.0.0.1")]
    [InlineData("Host: 127.0.0.1\r\nUser-Agent: Mozilla/5.0")]
    public async Task Status_which_names_roles_is_behind_the_wall_too(string headers)
    {
        var answer = await RawHttp.AskAsync(_sidecar.HealthEndpoint, $"GET /status HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n");

        AssertRefused(answer, "RequestNotAllowed");
        Assert.DoesNotContain("555566667777", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_is_told_to_Node() => Assert.StartsWith("HTTP/1.1 200 ", await RawHttp.AskAsync(
        _sidecar.HealthEndpoint,
        "GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Mode: cors\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public void A_client_that_keeps_sending_and_reads_no_answer_uses_little_memory()
    {
        var sockets = _sidecar.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        Assert.True(sockets.MaxReadBufferSize + sockets.MaxWriteBufferSize <= 40_000);

        // What the kernel keeps; it doubles what it is told.
        using var listening = sockets.CreateBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.True(listening.ReceiveBufferSize + listening.SendBufferSize <= 50_000);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.5.6.7", "127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", true)]
    [InlineData("169.254.170.2", "169.254.170.2", true)]
    [InlineData("10.1.0.9", "10.9.0.1", true)]
    [InlineData("::ffff:10.1.0.9", "::ffff:10.9.0.1", true)]
    [InlineData("192.168.7.7", "10.9.0.1", true)]
    [InlineData("10.2.0.9", "10.9.0.1", false)]
    [InlineData("192.168.7.8", "10.9.0.1", false)]
    [InlineData("fe80::1", "10.9.0.1", false)]
    [InlineData("169.254.170.3", "169.254.170.2", false)]
    public void A_peer_is_this_host_or_in_a_listed_network(string peer, string local, bool isAdmitted)
    {
        var wall = new Wall(Settings.Load(("SIDECAR_Access__Peers__0", "10.1.0.0/16"), ("SIDECAR_Access__Peers__1", "192.168.7.7")).Wall);
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.Connection.LocalIpAddress = IPAddress.Parse(local);
        http.Connection.LocalPort = 9170;
        http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget = "/v1/credentials";
        (http.Request.Method, http.Request.Host) = ("GET", new HostString(IPAddress.Parse(local).MapToIPv4().ToString()));

        if (isAdmitted)
        {
            wall.CheckPeer(http.Connection);
        }
        else
        {
            Assert.Equal(RejectionReason.RequestNotAllowed, Assert.Throws<RejectedException>(() => wall.CheckPeer(http.Connection)).Reason);
        }
    }

    private static void AssertRefused(string answer, string code)
    {
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("SecretAccessKey", answer, StringComparison.Ordinal);
    }

    private Task<string> AskAsync(params string[] headers) => RawAsync($"GET /v1/credentials HTTP/1.1\r\n{string.Join("\r\n", headers)}");

    // The token comes last, before the body where there is one.
    private Task<string> RawAsync(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = end > 0 ? (request[..end], request[(end + 4)..]) : (request, "");
        var text = $"{head}\r\nAuthorization: {Settings.Token}\r\nConnection: close\r\n\r\n{body}";
        return RawHttp.AskAsync(_sidecar.Endpoint, text.Replace("{port}", $"{_sidecar.Endpoint.Port}", StringComparison.Ordinal));
    }
}
