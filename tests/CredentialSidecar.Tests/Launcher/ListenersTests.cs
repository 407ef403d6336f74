using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Launcher.Listening;
using CredentialSidecar.Launcher.Native;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Asking this machine's kernel who listens.</summary>
public sealed class ListenersTests
{
    internal static uint OwnUid { get; } = uint.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2],
        CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]
    public void The_user_who_listens_is_found_in_both_ways(string address, bool counts)
    {
        using var socket = Listen(address);
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        uint[] expected = counts ? [OwnUid] : [];

        Assert.Equal(expected, Listeners.UidsOn(port));
        Assert.Equal(expected, FromFiles(port));
    }

    [Fact]
    public void Nobody_listens_on_a_port_that_was_closed()
    {
        var socket = Listen("127.0.0.1");
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        socket.Dispose();

        Assert.Equal([], Listeners.UidsOn(port)!);
        Assert.Equal([], FromFiles(port));
    }

    [Fact]
    public void A_listener_for_IPv6_alone_takes_no_connection_to_loopback()
    {
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = false };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        socket.Listen();

        Assert.Equal([], Listeners.UidsOn(((IPEndPoint)socket.LocalEndPoint!).Port)!);
    }

    [Theory]
    [InlineData("   0: 0100007F:23D2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1234        0 12345 1 0", 1234u)]
    [InlineData(
        "   0: 00000000000000000000000000000000:23D2 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 7 0 1",
        7u)]
    [InlineData(
        "   0: 0000000000000000FFFF00000100007F:23D2 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 7 0 1",
        7u)]
    [InlineData("   0: 0100007F:23D2 0100007F:8000 01 00000000:00000000 00:00000000 00000000  1234        0 12345 1 0", null)]
    [InlineData("   0: 0100007F:23D3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1234        0 12345 1 0", null)]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", null)]
    [InlineData("   0: 0100007F:23D2", null)]
    public void A_line_of_the_kernels_table_is_read(string line, uint? uid)
    {
        var found = new List<Listener>();
        ProcNetTcp.Read(line + "\n", 9170, found);

        var uids = found.FindAll(listener => listener.TakesLoopback).ConvertAll(listener => listener.Uid);
        Assert.Equal(uid is null ? [] : [uid.Value], uids);
    }

    private static Socket Listen(string address)
    {
        var at = IPAddress.Parse(address);
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

        if (at.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        socket.Bind(new IPEndPoint(at, 0));
        socket.Listen();
        return socket;
    }

    private static List<uint> FromFiles(int port)
    {
        var found = new List<Listener>();
        ProcNetTcp.Read(Files.ReadKernel("/proc/net/tcp")!, port, found);
        ProcNetTcp.Read(Files.ReadKernel("/proc/net/tcp6") ?? "", port, found);
        return found.FindAll(listener => listener.TakesLoopback).ConvertAll(listener => listener.Uid);
    }
}
