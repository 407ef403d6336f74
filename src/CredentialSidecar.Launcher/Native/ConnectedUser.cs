using System.Buffers.Binary;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Asks the kernel which user opened a connection to a port of 127.0.0.1, in this network namespace.</summary>
/// <remarks>It does not allocate.</remarks>
internal static unsafe class ConnectedUser
{
    private const ushort SockDiagByFamily = 20, Error = 2, Request = 1;

    // struct nlmsghdr, inet_diag_req_v2 and inet_diag_msg of linux/inet_diag.h.
    private const int Header = 16, Ask = 56, Answer = 72, IdAt = 8, CookieAt = 48, StateAt = 1, PortsAt = 4, UidAt = 64, InodeAt = 68;
    private const int Longest = 512;

    // include/net/tcp_states.h: established, or only the program has closed its side.
    private const byte Established = 1, FinWait1 = 4, FinWait2 = 5;

    /// <param name="peer">struct sockaddr_in of the program's end, as accept reported it.</param>
    /// <param name="port">The port that the program connected to.</param>
    /// <param name="uid">Who has the program's end open.</param>
    /// <param name="isAsked">Whether the kernel could be asked.</param>
    public static bool TryFind(byte* peer, int port, out uint uid, out bool isAsked)
    {
        uid = 0;
        var socket = Libc.socket(Libc.NetlinkFamily, Libc.RawSocket | Libc.NonBlocking | Libc.CloseOnExec, Libc.NetlinkSockDiag);

        isAsked = socket >= 0;

        if (!isAsked)
        {
            return false;
        }

        byte* ask = stackalloc byte[Header + Ask], answer = stackalloc byte[Longest];
        var request = new Span<byte>(ask, Header + Ask);
        Write(request, new ReadOnlySpan<byte>(peer, 8), port);

        // The kernel answers while the request is sent, so the read never has to wait.
        var length = Libc.send(socket, ask, Header + Ask, 0) == Header + Ask ? Libc.read(socket, answer, Longest) : 0;
        _ = Libc.close(socket);
        var message = new ReadOnlySpan<byte>(answer, (int)Math.Max(0, length));

        if (length < Header + Answer || BitConverter.ToUInt16(message[4..]) == Error)
        {
            return false;
        }

        uid = BitConverter.ToUInt32(message[(Header + UidAt)..]);

        // If the socket is gone, the kernel may answer with a listener on the same port, or with uid 0 and no inode.
        return message[Header + StateAt] is Established or FinWait1 or FinWait2
            && message.Slice(Header + PortsAt, 4).SequenceEqual(request.Slice(Header + IdAt, 4))
            && BitConverter.ToUInt32(message[(Header + InodeAt)..]) != 0;
    }

    private static void Write(Span<byte> request, ReadOnlySpan<byte> peer, int port)
    {
        request.Clear();
        BitConverter.TryWriteBytes(request, request.Length);
        BitConverter.TryWriteBytes(request[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(request[6..], Request);
        request[Header] = Libc.InternetFamily;
        request[Header + 1] = 6; // TCP
        BitConverter.TryWriteBytes(request[(Header + 4)..], 0xFFFFFFFFu); // in any state

        // The request is for the program's socket, so its source is the peer address here.
        var id = request[(Header + IdAt)..];
        peer.Slice(2, 2).CopyTo(id);
        BinaryPrimitives.WriteUInt16BigEndian(id[2..], (ushort)port);
        peer.Slice(4, 4).CopyTo(id[4..]);
        Arguments.Endpoint.LoopbackBytes.CopyTo(id[20..]);
        request.Slice(Header + CookieAt, 8).Fill(0xFF); // no cookie
    }
}
