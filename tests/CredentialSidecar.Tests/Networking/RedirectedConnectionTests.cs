using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Networking;

/// <summary>The real kernel's word on connections of this process. Redirected ones are seen in the conformance tests.</summary>
public sealed class RedirectedConnectionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _client = new();
    private readonly Socket _accepted;

    public RedirectedConnectionTests()
    {
        _listener.Start();
        _client.Connect((IPEndPoint)_listener.LocalEndpoint);
        _accepted = _listener.AcceptSocket();
    }

    private IPEndPoint Server => (IPEndPoint)_accepted.LocalEndPoint!;

    private IPEndPoint Client => (IPEndPoint)_accepted.RemoteEndPoint!;

    [Fact]
    public void The_uid_of_a_client_is_the_one_it_runs_as() =>
        Assert.Equal(Libc.EffectiveUid(), SocketTable.HolderOf(Client, Server));

    [Fact]
    public void A_connection_without_an_owner_has_no_uid() =>
        Assert.Null(SocketTable.HolderOf(new IPEndPoint(IPAddress.Loopback, 1), Server));

    // The kernel says uid 0 of it, and that would be root's destination.
    [Fact]
    public void A_client_that_has_closed_its_end_is_nobody_and_not_root()
    {
        var client = Client;
        _client.Close();

        Assert.Null(SocketTable.HolderOf(client, Server));
    }

    [Fact]
    public void A_direct_connection_was_not_going_elsewhere() => Assert.Null(RedirectedConnection.OriginalDestination(_accepted));

    public void Dispose()
    {
        _accepted.Dispose();
        _client.Dispose();
        _listener.Dispose();
    }
}
