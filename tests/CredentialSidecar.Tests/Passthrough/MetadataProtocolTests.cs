using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>Neither a client nor the agent changes the protocol, and invalid answers become a 503.</summary>
public sealed class MetadataProtocolTests : MetadataTest
{
    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 204 ", "")]
    [InlineData("HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nabcde", "HTTP/1.1 205 ", "")]
    [InlineData(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 503 ",
        "The ECS agent answered 101, but the client did not request another protocol.")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nX-Own: gr\u00f6\u00dfe\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 503 ",
        "The ECS agent answered 200 with a header that has characters other than visible ASCII.")]
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

    [Theory]
    [InlineData("websocket")]
    [InlineData("SPDY/3.1")]
    [InlineData("h2c, websocket")]
    public async Task A_request_that_offers_another_protocol_is_not_passed_on(string protocol)
    {
        Assert.StartsWith("HTTP/1.1 403 ", await UpgradeAsync(Sidecar, protocol), StringComparison.Ordinal);
        Assert.Empty(Heads);
    }

    [Fact]
    public async Task Javas_offer_of_h2c_is_ignored()
    {
        Assert.StartsWith("HTTP/1.1 200 ", await UpgradeAsync(Sidecar, "h2c"), StringComparison.Ordinal);
        Assert.DoesNotContain("Upgrade", Assert.Single(Heads), StringComparison.OrdinalIgnoreCase);
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

    private static Task<string> UpgradeAsync(SidecarFixture sidecar, string protocol) => RawHttp.AskAsync(sidecar.Endpoint,
        $"GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: {protocol}\r\nConnection: Upgrade, close\r\n\r\n");
}
