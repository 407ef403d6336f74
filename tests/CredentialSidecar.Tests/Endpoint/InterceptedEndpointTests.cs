using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Who gets what on the intercepted listener. Beside it stands an agent that answers everything with "from the agent".</summary>
public sealed class InterceptedEndpointTests : IAsyncLifetime
{
    private readonly ScriptedKernel _kernel = new();
    private readonly RawServer _agent = RawServer.Http(200, "from the agent", "text/plain");
    private SidecarFixture _sidecar = null!;

    public async ValueTask InitializeAsync() =>
        _sidecar = await SidecarFixture.StartInterceptedAsync(
            _kernel, ("SIDECAR_SOURCE_ENDPOINT", _agent.Uri.GetLeftPart(UriPartial.Authority)));

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _agent.DisposeAsync();
    }

    [Theory]
    [InlineData(1000, "role/reports")]
    [InlineData(1001, "role/reader")]
    public async Task The_uids_port_decides_the_role_and_no_token_is_asked_for(int uid, string role)
    {
        _kernel.Uid = (uint)uid;
        AssertServed(await AskAsync($"GET {ScriptedKernel.OwnPath}", port: (uint)uid), role);
    }

    [Theory]
    [InlineData(1000, 1001)]
    [InlineData(1001, 1000)]
    [InlineData(1000, 0)]
    [InlineData(1001, 2000)]
    public async Task A_connection_whose_port_and_socket_are_of_two_uids_gets_403_and_nothing_else(int port, int socket)
    {
        _kernel.Uid = (uint)socket;
        await AssertRefusedAsync("The port of this connection and the kernel disagree on whose it is", (uint)port);
        Assert.Contains(_sidecar.Logs.Lines, line => line.Event.Id == 403 && line.Level == LogLevel.Error
            && line.Text.Contains($"which is that of uid {port} ({(port == 1000 ? "reports" : "reader")})", StringComparison.Ordinal)
            && line.Text.Contains($"belongs to uid {socket};", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disagreements_are_logged_once_in_five_seconds_for_each_port_with_their_number()
    {
        _kernel.Uid = 2000;

        for (var i = 0; i < 4; i++)
        {
            await AskAsync("GET /v4/x");
        }

        await AskAsync("GET /v4/x", port: 1001);
        await _sidecar.AdvanceAsync(TimeSpan.FromSeconds(5));
        await AskAsync("GET /v4/x");

        var counts = _sidecar.Logs.Lines
            .Where(line => line.Event.Id == 403)
            .Select(line => Regex.Match(line.Text, "; ([0-9]+) since").Groups[1].Value);
        Assert.Equal([1, 1, 4], counts.Select(count => int.Parse(count, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("POST /v2/credentials/7f1d2c3b-own")]
    [InlineData("PUT /v2/credentials/7f1d2c3b-own")]
    [InlineData("DELETE /v2/credentials/7f1d2c3b-own")]
    [InlineData("GET /v1/credentials?id=7f1d2c3b-own")]
    [InlineData("GET /v1/credentials?a=b&id=x&id=7f1d2c3b%2Down")]
    [InlineData("GET /v2/credentials/7f1d2c3b%2Down")]
    [InlineData("GET /v2%2Fcredentials%2f7f1d2c3b-own")]
    [InlineData("GET //v2//credentials/./7f1d2c3b-own")]
    [InlineData("GET /v4/../v2/credentials/7f1d2c3b-own")]
    [InlineData("GET /v2/credentials/7f1d2c3b-own?x=y")]
    public async Task Whatever_the_agent_would_take_for_the_tasks_own_path_never_reaches_it(string request)
    {
        AssertServed(await AskAsync(request), "role/reports");
        Assert.Equal(0, _agent.Requests);
    }

    [Theory]
    [InlineData("GET /v2/credentials/another")]
    [InlineData("GET /v2/credentials/7F1D2C3B-OWN")]
    [InlineData("GET /v2/credentials/")]
    [InlineData("GET /v1/credentials")]
    [InlineData("GET /v1/credentials?id=another")]
    [InlineData("GET /v1/credentials/reports")]
    [InlineData("GET /v2/metadata")]
    [InlineData("GET /v3/x/task")]
    [InlineData("HEAD /v4/x")]
    [InlineData("GET /")]
    [InlineData("GET /status")]
    public async Task Everything_else_goes_on_to_the_agent(string request)
    {
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(request), StringComparison.Ordinal);
        Assert.Equal(1, _agent.Requests);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 10.0.0.1")]
    [InlineData("Origin: https://attacker.example")]
    public async Task A_request_through_a_proxy_or_a_browser_gets_no_credentials_here_either(string header)
    {
        var request = $"GET {ScriptedKernel.OwnPath} HTTP/1.1\r\nHost: 169.254.170.2\r\n{header}\r\nConnection: close\r\n\r\n";
        var answer = await RawHttp.AskAsync(_sidecar.InterceptedEndpoint, request);
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("RequestNotAllowed", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: none")]
    [InlineData("Upgrade-Insecure-Requests: 1")]
    [InlineData("User-Agent: Mozilla/5.0")]
    public async Task A_browser_reads_neither_credentials_nor_metadata_here(string header)
    {
        foreach (var path in (string[])[ScriptedKernel.OwnPath, "/v4/x/task"])
        {
            Assert.StartsWith("HTTP/1.1 403 ", await AskAsync($"GET {path}", "169.254.170.2\r\n" + header), StringComparison.Ordinal);
        }

        Assert.Equal(0, _agent.Requests);
    }

    [Theory]
    [InlineData(ScriptedKernel.OwnPath, "role/reports")]
    [InlineData("/v4/x/task", "from the agent")]
    public async Task Node_is_answered_here_though_it_sends_Sec_Fetch_Mode(string path, string expected)
    {
        var answer = await AskAsync($"GET {path}", "169.254.170.2\r\nSec-Fetch-Mode: cors");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_was_not_redirected_gets_403_and_nothing_else()
    {
        _kernel.Meant = null;
        await AssertRefusedAsync("This port is for connections to 169.254.170.2");
    }

    [Theory]
    [InlineData("169.254.170.2", 8080)]
    [InlineData("169.254.170.23", 80)]
    [InlineData("10.0.0.1", 80)]
    public async Task A_connection_that_was_redirected_from_elsewhere_gets_403_and_nothing_else(string address, int port)
    {
        _kernel.Meant = new IPEndPoint(IPAddress.Parse(address), port);
        await AssertRefusedAsync("This port is for connections to 169.254.170.2");
    }

    [Fact]
    public async Task A_uid_that_the_kernel_does_not_tell_gets_403_and_nothing_else()
    {
        _kernel.Uid = null;
        await AssertRefusedAsync("The kernel does not tell whose connection this is");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("169.254.170.2.example.com")]
    [InlineData("169.254.170.2:8080")]
    [InlineData("evil.example.com")]
    public async Task Another_Host_gets_403_and_nothing_else(string host)
    {
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync($"GET {ScriptedKernel.OwnPath}", host), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync("GET /v4/x", host), StringComparison.Ordinal);
        Assert.Equal(0, _agent.Requests);
    }

    [Fact]
    public async Task A_target_in_a_proxys_form_gets_403_and_nothing_else()
    {
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync("GET http://169.254.170.2/v4/x"), StringComparison.Ordinal);
        Assert.Equal(0, _agent.Requests);
    }

    [Fact]
    public async Task A_request_that_offers_another_protocol_gets_403_and_nothing_else()
    {
        Assert.StartsWith(
            "HTTP/1.1 403 ",
            await AskAsync("GET /v4/x/task", "169.254.170.2\r\nUpgrade: websocket"),
            StringComparison.Ordinal);
        Assert.Equal(0, _agent.Requests);
    }

    [Fact]
    public async Task Host_may_name_port_80() =>
        AssertServed(await AskAsync($"GET {ScriptedKernel.OwnPath}", "169.254.170.2:80"), "role/reports");

    [Fact]
    public async Task No_other_listener_takes_the_agents_paths()
    {
        using var response = await _sidecar.Client.GetAsync(
            new Uri(ScriptedKernel.OwnPath, UriKind.Relative),
            TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)response.StatusCode);
    }

    private static void AssertServed(string answer, string role)
    {
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains($"arn:aws:iam::555566667777:{role}\"", answer, StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(string reason, uint port = 1000)
    {
        foreach (var request in new[] { $"GET {ScriptedKernel.OwnPath}", "GET /v4/x", "PUT /api/x/task-protection/v1/state" })
        {
            var answer = await AskAsync(request, port: port);
            Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nContent-Type: application/json\r\n", answer, StringComparison.Ordinal);
            Assert.Contains($$"""{"code":"NotIntercepted","message":"{{reason}}""", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("AccessKeyId", answer, StringComparison.Ordinal);
        }

        Assert.Equal(0, _agent.Requests);
        Assert.Contains(_sidecar.Logs.Lines, line => line.Event.Id == 400 && line.Text.Contains(reason, StringComparison.Ordinal));
    }

    private Task<string> AskAsync(string request, string host = "169.254.170.2", uint port = 1000) =>
        RawHttp.AskAsync(
            _sidecar.InterceptedEndpointOf(port),
            $"{request} HTTP/1.1\r\nHost: {host}\r\nX-Uid: 1001\r\nConnection: close\r\n\r\n");
}
