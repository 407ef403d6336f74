using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Connections and requests that an intercepted listener answers with 403 only.</summary>
public sealed class InterceptedRefusalTests : InterceptedEndpointTest
{
    [Theory]
    [InlineData(1000, 1001)]
    [InlineData(1001, 1000)]
    [InlineData(1000, 0)]
    [InlineData(1001, 2000)]
    public async Task A_connection_whose_port_and_socket_are_of_two_uids_gets_403_and_nothing_else(int port, int socket)
    {
        Kernel.Uid = (uint)socket;
        await AssertRefusedAsync("The port and the kernel name different users for this connection", (uint)port);
        Assert.Contains(Sidecar.Logs.Lines, line => line.Event.Id == 403 && line.Level == LogLevel.Error
            && line.Text.Contains($"of uid {port} ({(port == 1000 ? "reports" : "reader")})", StringComparison.Ordinal)
            && line.Text.Contains($"belongs to uid {socket}.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disagreements_are_logged_once_in_five_seconds_for_each_port_with_their_number()
    {
        Kernel.Uid = 2000;

        for (var i = 0; i < 4; i++)
        {
            await AskAsync("GET /v4/x");
        }

        await AskAsync("GET /v4/x", port: 1001);
        await Sidecar.AdvanceAsync(TimeSpan.FromSeconds(5));
        await AskAsync("GET /v4/x");

        var counts = Sidecar.Logs.Lines
            .Where(line => line.Event.Id == 403)
            .Select(line => Regex.Match(line.Text, "line: ([0-9]+)\\.").Groups[1].Value);
        Assert.Equal([1, 1, 4], counts.Select(count => int.Parse(count, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_connection_that_was_not_redirected_gets_403_and_nothing_else()
    {
        Kernel.Meant = null;
        await AssertRefusedAsync("This port only accepts redirected connections");
    }

    [Theory]
    [InlineData("169.254.170.2", 8080)]
    [InlineData("169.254.170.23", 80)]
    [InlineData("10.0.0.1", 80)]
    public async Task A_connection_that_was_redirected_from_elsewhere_gets_403_and_nothing_else(string address, int port)
    {
        Kernel.Meant = new IPEndPoint(IPAddress.Parse(address), port);
        await AssertRefusedAsync("This port only accepts redirected connections");
    }

    [Fact]
    public async Task A_uid_that_the_kernel_does_not_tell_gets_403_and_nothing_else()
    {
        Kernel.Uid = null;
        await AssertRefusedAsync("The kernel does not report the user of this connection");
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
        Assert.Equal(0, Agent.Requests);
    }

    [Fact]
    public async Task A_target_in_a_proxys_form_gets_403_and_nothing_else()
    {
        Assert.StartsWith("HTTP/1.1 403 ", await AskAsync("GET http://169.254.170.2/v4/x"), StringComparison.Ordinal);
        Assert.Equal(0, Agent.Requests);
    }

    [Fact]
    public async Task A_request_that_offers_another_protocol_gets_403_and_nothing_else()
    {
        Assert.StartsWith(
            "HTTP/1.1 403 ",
            await AskAsync("GET /v4/x/task", "169.254.170.2\r\nUpgrade: websocket"),
            StringComparison.Ordinal);
        Assert.Equal(0, Agent.Requests);
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

        Assert.Equal(0, Agent.Requests);
        Assert.Contains(Sidecar.Logs.Lines, line => line.Event.Id == 400 && line.Text.Contains(reason, StringComparison.Ordinal));
    }
}
