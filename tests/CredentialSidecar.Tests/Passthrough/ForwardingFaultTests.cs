using System.Net;
using System.Text;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>The agent sees each request once, and each failure is the fault of the side that made it.</summary>
public sealed class ForwardingFaultTests : ForwardingTest
{
    [Theory]
    [InlineData("GET /v4/x/taskWithTags", "")]
    [InlineData("POST /v4/x", "")]
    [InlineData("PUT /api/x/task-protection/v1/state", "Content-Length: 4\r\n")]
    [InlineData("PUT /api/x/task-protection/v1/state", "Transfer-Encoding: chunked\r\n")]
    public async Task An_agent_that_closes_before_it_answers_gets_the_request_once(string request, string header)
    {
        await using var agent = RawServer.Custom((_, stream, _) =>
        {
            stream.Close();
            return Task.CompletedTask;
        });
        await using var sidecar = await StartAsync(agent.Uri);
        var body = header.Length == 0 ? "" : header.StartsWith('C') ? "true" : "4\r\ntrue\r\n0\r\n\r\n";

        var answer = await AskAsync(sidecar, $"{request} HTTP/1.1\r\nHost: 169.254.170.2\r\n{header}Connection: close\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, agent.Requests);
        Assert.Contains(
            sidecar.Logs.Lines,
            line => line.Event.Id == 500 && !line.Text.Contains("failed: Request", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_the_agent_closed_after_an_answer_does_not_fail_the_next_request()
    {
        await using var agent = RawServer.Custom((_, stream, stop) =>
            stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop).AsTask());
        await using var sidecar = await StartAsync(agent.Uri);

        for (var i = 1; i <= 3; i++)
        {
            var answer = await AskAsync(sidecar, "GET /v4/x HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
            Assert.Equal(i, agent.Requests);
        }
    }

    [Fact]
    public async Task A_body_that_the_agent_does_not_read_to_its_end_gets_the_agents_answer_all_the_same()
    {
        await using var agent = RawServer.Custom(async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntaken"u8.ToArray(), stop);
            await stream.FlushAsync(stop);
        });
        await using var sidecar = await StartAsync(agent.Uri);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(sidecar.InterceptedEndpoint, "/api/x/task-protection/v1/state"))
        {
            Headers = { Host = "169.254.170.2" }, Content = new ByteArrayContent(new byte[5_000_000]),
        };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "taken"), (response.StatusCode, body));
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id == 500);
    }

    [Fact]
    public async Task A_body_of_5_MB_streams_to_the_agent()
    {
        var received = 0;
        await using var agent = RawServer.Custom(async (head, stream, stop) =>
        {
            var buffer = new byte[64 * 1024];

            for (received = head.Length - head.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4; received < 5_000_000;)
            {
                received += await stream.ReadAsync(buffer, stop);
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop);
        });
        await using var sidecar = await StartAsync(agent.Uri);
        const string Put = "PUT /x HTTP/1.1\r\nHost: 169.254.170.2\r\nContent-Length: 5000000\r\nConnection: close\r\n\r\n";
        var answer = await AskAsync(sidecar, Put + new string('x', 5_000_000));

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(5_000_000, received);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\ntrueXX\r\n")]
    public async Task A_malformed_body_is_400_and_no_line_blames_the_agent(string body)
    {
        await using var agent = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        await using var sidecar = await StartAsync(agent.Uri);

        var answer = await AskAsync(sidecar, $"PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 169.254.170.2\r\n{body}");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is 500 or 401);
    }
}
