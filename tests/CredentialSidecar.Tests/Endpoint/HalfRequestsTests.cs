using System.Net.Sockets;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>When the connection of a probe is given to the server.</summary>
public sealed class HalfRequestsTests : IDisposable
{
    private readonly VirtualClock _clock = new();
    private readonly List<PendingConnection> _whole = [];
    private readonly AcceptedConnections _connections;
    private readonly HalfRequests _halves;

    public HalfRequestsTests() => (_connections, _halves) = (new AcceptedConnections(_clock), new HalfRequests(_whole.Add, _clock));

    public void Dispose() => _connections.Dispose();

    [Fact]
    public async Task A_whole_request_goes_on_at_once()
    {
        var (connection, _) = await _connections.ConnectAsync("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        _halves.Add(connection);
        Assert.Equal([connection], _whole);
    }

    [Fact]
    public async Task Half_a_request_goes_on_once_the_rest_has_come()
    {
        var (connection, peer) = await _connections.ConnectAsync("GET /livez HTTP/1.1\r\nHost: x\r\n");
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
        var (connection, peer) = await _connections.ConnectAsync("GET /livez HTTP/1.1\r\nHost: x\r\n");
        _halves.Add(connection);

        for (var i = 0; i < 30 && !connection.State.HasHungUp; i++)
        {
            await LookAsync();
        }

        Assert.True(connection.State.HasHungUp);
        Assert.Empty(_whole);
        var reset = await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    private async Task LookAsync()
    {
        await _clock.UntilWaitingAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        await Task.Delay(20);
    }
}
