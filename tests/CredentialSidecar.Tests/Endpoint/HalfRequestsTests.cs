using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>When the connection of a probe is given to the server.</summary>
public sealed class HalfRequestsTests : IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly ConnectionBudget _room, _budget;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly List<PendingConnection> _whole = [];
    private readonly HalfRequests _halves;

    public HalfRequestsTests()
    {
        (_room, _budget) = (new ConnectionBudget(32, 1, _clock), new ConnectionBudget(32, 1, _clock));
        _halves = new HalfRequests(_whole.Add, _clock);
        _listener.Start();
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _listener.Dispose();
        _room.Dispose();
        _budget.Dispose();
    }

    [Fact]
    public async Task A_whole_request_goes_on_at_once()
    {
        var (connection, _) = await ConnectAsync("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        _halves.Add(connection);
        Assert.Equal([connection], _whole);
    }

    [Fact]
    public async Task Half_a_request_goes_on_once_the_rest_has_come()
    {
        var (connection, peer) = await ConnectAsync("GET /livez HTTP/1.1\r\nHost: x\r\n");
        _halves.Add(connection);
        await LookAsync();
        Assert.Empty(_whole);

        await peer.SendAsync("\r\n"u8.ToArray());
        await LookAsync();
        Assert.Equal([connection], _whole);
    }

    [Fact]
    public async Task Half_a_request_is_closed_after_five_seconds_and_was_never_the_servers()
    {
        var (connection, peer) = await ConnectAsync("GET /livez HTTP/1.1\r\nHost: x\r\n");
        _halves.Add(connection);

        for (var i = 0; i < 30 && !connection.State.HasHungUp; i++)
        {
            await LookAsync();
        }

        Assert.True(connection.State.HasHungUp);
        Assert.Empty(_whole);
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1]))).SocketErrorCode);
    }

    private async Task LookAsync()
    {
        await _clock.UntilWaitingAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        await Task.Delay(20);
    }

    private async Task<(PendingConnection Connection, Socket Peer)> ConnectAsync(string sent)
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(_listener.LocalEndpoint);
        var accepted = await _listener.AcceptSocketAsync();
        accepted.Blocking = false;
        _sockets.Add(peer);
        var connection = new PendingConnection(Handle(accepted), IPAddress.Loopback, _room, _budget);
        Assert.True(await _room.AdmitAsync(connection.Waiting, CancellationToken.None));
        await peer.SendAsync(System.Text.Encoding.ASCII.GetBytes(sent));
        return (connection, peer);
    }

    // The connection owns the descriptor from here on.
    private static int Handle(Socket socket)
    {
        var handle = socket.SafeHandle.DangerousGetHandle().ToInt32();
        socket.SafeHandle.SetHandleAsInvalid();
        return handle;
    }
}
