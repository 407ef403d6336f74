using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Passthrough;

/// <summary>A slow body ends in time and takes no place from others.</summary>
public sealed class SlowBodyTests : ForwardingTest
{
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
}
