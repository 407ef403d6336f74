using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Access;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>Only the body of a task protection PUT is passed on, within a size and a time.</summary>
public sealed class MetadataBodyTests : MetadataTest
{
    [Theory]
    [InlineData("GET /v4/x/task", "Content-Length: 1", 403)]
    [InlineData("GET /api/x/task-protection/v1/state", "Content-Length: 1", 403)]
    public async Task A_body_other_than_that_of_a_task_protection_PUT_is_rejected_and_no_fault_is_logged(
        string request, string header, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await AskAsync(request, header), StringComparison.Ordinal);
        Assert.Empty(Heads);
        Assert.DoesNotContain(Sidecar.Logs.Lines, line => line.Exception is not null);
    }

    [Theory]
    [InlineData(65_537)]
    [InlineData(5_000_000)]
    public async Task A_PUT_that_is_too_large_is_told_the_limit_though_it_sends_all_of_its_body(int length)
    {
        var answer = await RawHttp.AskAsync(Sidecar.Endpoint,
            "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
            $"Content-Length: {length}\r\nConnection: close\r\n\r\n{new string('x', length)}");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains(
            "{\"code\":\"RequestTooLarge\",\"message\":" +
            $"\"The body has {length} bytes. The sidecar forwards at most 65536 bytes to the ECS agent.\"",
            answer,
            StringComparison.Ordinal);
        Assert.Empty(Heads);
    }

    [Fact]
    public async Task Slow_bodies_keep_no_place_from_one_that_comes_at_once()
    {
        const string Slow = "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{";
        List<TcpClient> slow = [];

        for (var i = 0; i < 33; i++)
        {
            slow.Add(new TcpClient(Sidecar.Endpoint.Host, Sidecar.Endpoint.Port));
            await slow[i].GetStream().WriteAsync(Encoding.ASCII.GetBytes(Slow), TestContext.Current.CancellationToken);
        }

        // One of them had to make room, and the others wait for the rest of their bodies.
        await Eventually.HoldsAsync(() => slow.Exists(client => client.Available > 0), () => "None made room.");
        var answer = await RawHttp.AskAsync(
            Sidecar.Endpoint,
            "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        slow.ForEach(client => client.Dispose());

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains(
            "The body arrived too slowly",
            Assert.Single(Sidecar.Logs.Lines, line => line.Event.Id == 400).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunked_body_that_turns_out_too_large_is_no_fault_of_ours()
    {
        const string Put = "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        var chunk = "10001\r\n" + new string('x', 0x10001) + "\r\n0\r\n\r\n";
        var answer = await RawHttp.AskAsync(Sidecar.Endpoint, Put + chunk);
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Sidecar.Logs.Lines, line => line.Event.Id == 500);

        answer = await RawHttp.AskAsync(
            Sidecar.Endpoint, "GET /v4/x/task HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(Sidecar.Logs.Lines, line => line.Exception is not null);
    }
}
