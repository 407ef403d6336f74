using System.Buffers.Binary;

namespace CredentialSidecar.Shared;

/// <summary>Asks by NETLINK_SOCK_DIAG for one TCP socket by its exact ends (linux/inet_diag.h), and reads the answer.</summary>
/// <remarks>An exact look-up needs no privilege, and no other socket has to be read. It does not allocate.</remarks>
internal static class ConnectedSocket
{
    /// <summary>The size of the request: struct nlmsghdr and struct inet_diag_req_v2.</summary>
    public const int Size = Header + 56;

    private const ushort SockDiagByFamily = 20, Error = 2, Request = 1;

    // struct inet_diag_msg, and the beginning of struct inet_diag_sockid: two ports, and two addresses of 16 bytes.
    private const int Header = 16, Answer = 72, StateAt = 1, UidAt = 64, InodeAt = 68;
    private const int AskedAt = Header + 8, AnsweredAt = Header + 4, EndsSize = 36, ClientAt = 4, ServerAt = 20, CookieAt = Header + 48;
    private const byte Tcp = 6, Four = 2, Six = 10;

    // include/net/tcp_states.h: established; only the socket has closed its side; only the other end has.
    private const byte Established = 1, FinWait1 = 4, FinWait2 = 5, CloseWait = 8;

    /// <param name="request">Receives <see cref="Size"/> bytes.</param>
    /// <param name="client">The address of the socket: 4 bytes, or 16 for IPv6.</param>
    /// <param name="server">The address that it is connected to, of the same size.</param>
    public static void Write(Span<byte> request, ReadOnlySpan<byte> client, int clientPort, ReadOnlySpan<byte> server, int serverPort)
    {
        request.Clear();
        BitConverter.TryWriteBytes(request, request.Length);
        BitConverter.TryWriteBytes(request[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(request[6..], Request);
        request[Header] = client.Length == 4 ? Four : Six;
        request[Header + 1] = Tcp;
        BitConverter.TryWriteBytes(request[(Header + 4)..], 0xFFFFFFFFu); // in any state

        var ends = request[AskedAt..];
        BinaryPrimitives.WriteUInt16BigEndian(ends, (ushort)clientPort);
        BinaryPrimitives.WriteUInt16BigEndian(ends[2..], (ushort)serverPort);
        client.CopyTo(ends[ClientAt..]);
        server.CopyTo(ends[ServerAt..]);
        request.Slice(CookieAt, 8).Fill(0xFF); // no cookie
    }

    /// <param name="answer">What the kernel answered to <paramref name="request"/>; empty if it did not.</param>
    /// <param name="uid">The user of the socket.</param>
    /// <param name="hasServerClosed">Whether the other end has closed its side: such a socket still holds its port.</param>
    /// <returns>False if the socket does not exist, is not connected, or no process has it open.</returns>
    public static bool TryRead(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> request, out uint uid, out bool hasServerClosed)
    {
        (uid, hasServerClosed) = (0, false);

        if (answer.Length < Header + Answer || BitConverter.ToUInt16(answer[4..]) == Error)
        {
            return false;
        }

        uid = BitConverter.ToUInt32(answer[(Header + UidAt)..]);
        hasServerClosed = answer[Header + StateAt] == CloseWait;

        Span<byte> ends = stackalloc byte[EndsSize];
        request.Slice(AskedAt, EndsSize).CopyTo(ends);

        if (request[Header] == Four && answer[Header] == Six)
        {
            // A socket of the other family may have the connection: Java and Go connect to ::ffff:127.0.0.1.
            Map(ends.Slice(ClientAt, 16));
            Map(ends.Slice(ServerAt, 16));
        }

        // If the socket is gone, the kernel may answer with a listener on the same port. A socket that no process has open has no
        // inode, and the kernel reports uid 0 for it, which is not root.
        return answer[Header + StateAt] is Established or FinWait1 or FinWait2 or CloseWait
            && answer.Slice(AnsweredAt, EndsSize).SequenceEqual(ends)
            && BitConverter.ToUInt32(answer[(Header + InodeAt)..]) != 0;
    }

    private static void Map(Span<byte> address)
    {
        address[..4].CopyTo(address[12..]);
        address[..10].Clear();
        address.Slice(10, 2).Fill(0xFF);
    }
}
