using System.Net;
using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>The agent sees each request once, and each failure is the fault of the side that made it.</summary>
public sealed class OneRequestTests
{
    private readonly ScriptedKernel _kernel = new();

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

    [Fact]
    public async Task A_body_that_comes_more_slowly_than_16_kB_a_second_is_408()
    {
        await using var agent = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        await using var sidecar = await StartAsync(agent.Uri);

        var answer = await AskAsync(
            sidecar,
            "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 169.254.170.2\r\nContent-Length: 40000\r\n\r\nslow");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(sidecar.Logs.Lines, line => line.Event.Id is 500 or 401);
    }

    [Fact]
    public async Task A_forwarded_request_ends_after_60_seconds_even_where_it_is_busy()
    {
        using var drip = new SemaphoreSlim(0);
        await using var agent = RawServer.Custom(async (_, stream, stop) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"u8.ToArray(), stop);

            while (true)
            {
                await drip.WaitAsync(stop);
                await stream.WriteAsync("x"u8.ToArray(), stop);
            }
        });
        await using var sidecar = await StartAsync(agent.Uri);
        using var client = new TcpClient();
        var endpoint = sidecar.InterceptedEndpoint;
        await client.ConnectAsync(endpoint.Host, endpoint.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync("GET /v4/x HTTP/1.1\r\nHost: 169.254.170.2\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        drip.Release();
        await ReadUntilAsync("\r\n\r\nx");

        for (var seconds = 0; seconds < 50; seconds += 10)
        {
            sidecar.Clock.Advance(TimeSpan.FromSeconds(10));
            drip.Release();
            await ReadUntilAsync("x");
        }

        sidecar.Clock.Advance(TimeSpan.FromSeconds(10));

        // The end, orderly or not.
        Assert.Equal(0, await ReadAsync());

        async Task ReadUntilAsync(string end)
        {
            var text = new StringBuilder();

            while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
            {
                var buffer = new byte[1];
                Assert.Equal(1, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
                text.Append((char)buffer[0]);
            }
        }

        async Task<int> ReadAsync()
        {
            try
            {
                var cancelled = TestContext.Current.CancellationToken;
                return await stream.ReadAsync(new byte[1], cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancelled);
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    [Fact]
    public async Task Bodies_that_are_under_way_take_no_place_from_those_who_read()
    {
        await using var agent = RawServer.Custom((head, stream, stop) => head.StartsWith("PUT", StringComparison.Ordinal)
            ? Task.Delay(Timeout.Infinite, stop)
            : stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop).AsTask());
        await using var sidecar = await StartAsync(agent.Uri);
        const string put = "PUT /api/x/task-protection/v1/state HTTP/1.1\r\nHost: 169.254.170.2\r\n" +
            "Content-Length: 2\r\nConnection: close\r\n\r\n{}";
        List<TcpClient> clients = [];

        for (var i = 0; i < 32; i++)
        {
            clients.Add(new TcpClient(sidecar.InterceptedEndpoint.Host, sidecar.InterceptedEndpoint.Port));
            await clients[i].GetStream().WriteAsync(Encoding.ASCII.GetBytes(put), TestContext.Current.CancellationToken);
        }

        await Eventually.HoldsAsync(() => agent.Requests == 32, () => $"{agent.Requests} requests arrived.");

        Assert.Contains("\"AskedTooOften\"", await AskAsync(sidecar, put), StringComparison.Ordinal);
        var answer = await AskAsync(sidecar, "GET /v4/x HTTP/1.1\r\nHost: 169.254.170.2\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        clients.ForEach(client => client.Dispose());
    }

    private static Task<string> AskAsync(SidecarFixture sidecar, string request) => RawHttp.AskAsync(sidecar.InterceptedEndpoint, request);

    private Task<SidecarFixture> StartAsync(Uri agent) =>
        SidecarFixture.StartInterceptedAsync(_kernel, ("SIDECAR_SOURCE_ENDPOINT", agent.GetLeftPart(UriPartial.Authority)));
}
