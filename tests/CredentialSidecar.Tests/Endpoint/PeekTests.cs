using System.Net;
using System.Net.Sockets;
using System.Text;
using CredentialSidecar.Endpoint;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Peeks at a request before the server has read it.</summary>
public sealed class PeekTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: secret\r\n\r\n", "secret", true)]
    [InlineData("GET / HTTP/1.1\r\nauthorization:\tsecret \r\nHost: x\r\n\r\n", "secret", true)]
    [InlineData("GET / HTTP/1.1\r\nAuthorization: Bearer a b\r\n\r\n", "Bearer a b", true)]
    [InlineData("GET / HTTP/1.1\r\nAuthorization: secret\r\n", "secret", false)]
    [InlineData("GET / HTTP/1.1\r\nAuthorization: sec", null, false)]
    [InlineData("GET / HTTP/1.1\r\nX-Authorization: secret\r\n\r\n", null, true)]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\nAuthorization: secret\r\n\r\n", null, true)]
    [InlineData("", null, false)]
    public async Task The_token_of_the_first_request_is_seen_and_left_to_be_read(string sent, string? authorization, bool isWhole)
    {
        var (seen, rest) = await AtAsync(sent);
        Assert.Equal((authorization, isWhole, sent), (seen.Authorization, seen.IsWhole, rest));
    }

    [Theory]
    [InlineData("GET /v4/abc/task HTTP/1.1\r\n\r\n", true)]
    [InlineData("PUT /api/abc/task-protection/v1/state HTTP/1.1\r\n", true)]
    [InlineData("GET /v1/credentials HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET", false)]
    public async Task A_request_for_task_metadata_is_told_apart(string sent, bool isForAgent) =>
        Assert.Equal(isForAgent, (await AtAsync(sent)).Seen.IsForAgent);

    private static async Task<(Peek Seen, string Left)> AtAsync(string sent)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        await client.SendAsync(Encoding.ASCII.GetBytes(sent), TestContext.Current.CancellationToken);
        using var server = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        if (sent.Length > 0)
        {
            await server.ReceiveAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken);
        }

        var seen = Peek.At(server.SafeHandle.DangerousGetHandle().ToInt32());
        client.Shutdown(SocketShutdown.Send);
        using var stream = new NetworkStream(server);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return (seen, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
