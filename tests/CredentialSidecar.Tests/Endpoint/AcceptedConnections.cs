using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Access;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Endpoint;

/// <summary>Makes connections that were accepted and that the server has not seen yet.</summary>
internal sealed class AcceptedConnections : IDisposable
{
    // F_DUPFD_CLOEXEC of fcntl.h.
    private const int Duplicate = 1030;

    private readonly ConnectionBudget _room, _budget;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _sockets = [];

    public AcceptedConnections(TimeProvider clock)
    {
        (_room, _budget) = (new ConnectionBudget(32, 1, clock), new ConnectionBudget(32, 1, clock));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _listener.Dispose();
        _room.Dispose();
        _budget.Dispose();
    }

    public async Task<(PendingConnection Connection, Socket Peer)> ConnectAsync(string sent = "")
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(_listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        await peer.SendAsync(System.Text.Encoding.ASCII.GetBytes(sent), TestContext.Current.CancellationToken);
        using var accepted = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        accepted.Blocking = false;
        _sockets.Add(peer);

        // The connection closes its descriptor itself.
        var fd = Libc.FileControl(accepted.SafeHandle.DangerousGetHandle().ToInt32(), Duplicate, 0);
        var connection = new PendingConnection(fd, IPAddress.Loopback, _room, _budget, _ => new(null));
        Assert.True(await _room.AdmitAsync(connection.Waiting, TestContext.Current.CancellationToken));
        return (connection, peer);
    }
}
