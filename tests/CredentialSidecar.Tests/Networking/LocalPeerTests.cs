using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Networking;
using Xunit;

namespace CredentialSidecar.Tests.Networking;

/// <summary>What the real kernel reports about connections of this process. The conformance tests show it other users.</summary>
public sealed class LocalPeerTests : IDisposable
{
    private readonly List<IDisposable> _open = [];

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::ffff:127.0.0.1")]
    public void The_user_of_a_connection_is_the_one_that_made_it(string own, string destination)
    {
        var (accepted, _) = Connect(IPAddress.Parse(own), IPAddress.Parse(destination));

        Assert.Equal(new LocalPeer(Libc.EffectiveUid()), Of(accepted));
    }

    [Fact]
    public void The_user_on_a_Unix_socket_is_the_one_that_connected()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("peer-").FullName, "s");
        var listener = Keep(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Keep(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)).Connect(new UnixDomainSocketEndPoint(path));

        Assert.Equal(new LocalPeer(Libc.EffectiveUid()), Of(Keep(listener.Accept())));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void A_client_that_has_closed_its_end_has_no_user()
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback);
        client.Close();

        Assert.Equal("the kernel does not report its user", Of(accepted).Doubt);
    }

    /// <summary>If the kernel has no connected socket, it answers with a listener of the same port, which may be another user's.</summary>
    [Fact]
    public void A_listener_on_the_port_of_a_closed_client_is_not_its_user()
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback);
        var port = ((IPEndPoint)client.LocalEndPoint!).Port;
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        var squatter = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        squatter.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        squatter.Bind(new IPEndPoint(IPAddress.Any, port));
        squatter.Listen();

        Assert.Null(SocketTable.UserOf(new(IPAddress.Loopback, port), (IPEndPoint)accepted.LocalEndPoint!));
    }

    /// <summary>Its port may be used again at the server's end.</summary>
    [Fact]
    public void A_client_whose_server_has_closed_its_side_holds_the_port_and_is_no_user()
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback);
        var (own, server) = ((IPEndPoint)client.LocalEndPoint!, (IPEndPoint)client.RemoteEndPoint!);
        accepted.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, client.Receive(new byte[1]));

        Assert.Null(SocketTable.UserOf(own, server));
        Assert.Equal(Libc.EffectiveUid(), SocketTable.HolderOf(own, server));
    }

    [Fact]
    public void A_socket_that_is_not_connected_has_no_user()
    {
        var socket = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        Assert.Equal("the connection is closed", Of(socket).Doubt);
    }

    public void Dispose() => _open.ForEach(one => one.Dispose());

    private static LocalPeer Of(Socket socket) => LocalPeer.Of(socket.SafeHandle.DangerousGetHandle().ToInt32());

    private (Socket Accepted, Socket Client) Connect(IPAddress own, IPAddress destination)
    {
        var listener = Keep(new Socket(own.AddressFamily, SocketType.Stream, ProtocolType.Tcp));

        if (own.AddressFamily == AddressFamily.InterNetworkV6)
        {
            listener.DualMode = true;
        }

        listener.Bind(new IPEndPoint(own, 0));
        listener.Listen();
        var client = Keep(new Socket(destination.AddressFamily, SocketType.Stream, ProtocolType.Tcp));

        if (destination.AddressFamily == AddressFamily.InterNetworkV6)
        {
            client.DualMode = true;
        }

        client.Connect(new IPEndPoint(destination, ((IPEndPoint)listener.LocalEndPoint!).Port));
        return (Keep(listener.Accept()), client);
    }

    private T Keep<T>(T socket)
        where T : IDisposable
    {
        _open.Add(socket);
        return socket;
    }
}
