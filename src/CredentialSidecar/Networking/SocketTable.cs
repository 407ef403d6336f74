using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>Looks up connected sockets in the kernel's table of this network namespace (linux/inet_diag.h).</summary>
/// <remarks>An exact sock_diag look-up, which needs no privilege. Reading /proc/net/tcp takes 200 times as long.</remarks>
internal static class SocketTable
{
    private const int NetlinkFamily = 16, RawCloseOnExec = 3 | 0x80000, NetlinkSockDiag = 4;
    private const ushort SockDiagByFamily = 20, Error = 2, Request = 1;

    // struct nlmsghdr, and struct inet_diag_req_v2 and inet_diag_msg.
    private const int Header = 16, Ask = 56, Answer = 72, StateAt = 1, UidAt = 64, InodeAt = 68;
    private const int AskedAt = Header + 8, AnsweredAt = Header + 4, CookieAt = Header + 48;

    // include/net/tcp_states.h: established; only the client has closed its side; only the server has.
    private const byte Established = 1, FinWait1 = 4, FinWait2 = 5, CloseWait = 8;

    /// <summary>The user of the socket at the <paramref name="client"/> end that is connected to <paramref name="server"/>.</summary>
    /// <param name="server">The server address that the client used, before any redirection.</param>
    /// <returns>Null if there is no such connected socket, or if no process has it open.</returns>
    public static uint? UserOf(IPEndPoint client, IPEndPoint server) =>
        Find(client, server) is { State: not CloseWait } found ? found.Uid : null;

    /// <summary>The same, also if the server has closed its side: such a socket still holds its port.</summary>
    public static uint? HolderOf(IPEndPoint client, IPEndPoint server) => Find(client, server)?.Uid;

    private static (uint Uid, byte State)? Find(IPEndPoint client, IPEndPoint server)
    {
        var fd = Libc.Socket(NetlinkFamily, RawCloseOnExec, NetlinkSockDiag);

        if (fd < 0)
        {
            return null;
        }

        try
        {
            Span<byte> ask = stackalloc byte[Header + Ask], answer = stackalloc byte[1024];
            Write(ask, client, server);
            var length = Libc.Send(fd, ask, ask.Length, 0) == ask.Length ? Libc.Receive(fd, answer, answer.Length, 0) : 0;
            return length >= Header + Answer && BitConverter.ToUInt16(answer[4..]) != Error ? Read(answer, client, server) : null;
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static void Write(Span<byte> ask, IPEndPoint client, IPEndPoint server)
    {
        ask.Clear();
        BitConverter.TryWriteBytes(ask, ask.Length);
        BitConverter.TryWriteBytes(ask[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(ask[6..], Request);
        ask[Header] = (byte)(IsFour(client) ? AddressFamily.InterNetwork : (AddressFamily)10);
        ask[Header + 1] = (byte)ProtocolType.Tcp;
        BitConverter.TryWriteBytes(ask[(Header + 4)..], 0xFFFFFFFFu); // in any state

        // The request is for the client's socket, so its source is the remote address here.
        WriteEnds(ask[AskedAt..], client, server);
        ask.Slice(CookieAt, 8).Fill(0xFF); // no cookie
    }

    private static (uint Uid, byte State)? Read(ReadOnlySpan<byte> answer, IPEndPoint client, IPEndPoint server)
    {
        // If the socket is gone, the kernel may answer with a listener on the same port.
        Span<byte> ends = stackalloc byte[36];
        ends.Clear();
        WriteEnds(ends, client, server, isSix: answer[Header] == 10);
        var state = answer[Header + StateAt];
        var isConnected = state is Established or FinWait1 or FinWait2 or CloseWait;

        // A socket that no process has open has no inode, and the kernel reports uid 0 for it, which is not root.
        return isConnected
            && answer.Slice(AnsweredAt, ends.Length).SequenceEqual(ends)
            && BitConverter.ToUInt32(answer[(Header + InodeAt)..]) != 0
                ? (BitConverter.ToUInt32(answer[(Header + UidAt)..]), state)
                : null;
    }

    /// <summary>The beginning of a struct inet_diag_sockid: two ports, and two addresses of 16 bytes.</summary>
    private static void WriteEnds(Span<byte> id, IPEndPoint client, IPEndPoint server, bool isSix = false)
    {
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)client.Port);
        BinaryPrimitives.WriteUInt16BigEndian(id[2..], (ushort)server.Port);
        AddressOf(client, isSix).TryWriteBytes(id[4..], out _);
        AddressOf(server, isSix).TryWriteBytes(id[20..], out _);
    }

    // A socket of the other family may have the connection: Java and Go connect to ::ffff:127.0.0.1.
    private static IPAddress AddressOf(IPEndPoint end, bool isSix) =>
        isSix ? end.Address.MapToIPv6() : IsFour(end) ? end.Address.MapToIPv4() : end.Address;

    private static bool IsFour(IPEndPoint end) => end.Address.AddressFamily == AddressFamily.InterNetwork || end.Address.IsIPv4MappedToIPv6;
}
