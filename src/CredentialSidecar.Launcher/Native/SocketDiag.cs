using System.Buffers.Binary;
using CredentialSidecar.Launcher.Listening;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Lists listening TCP sockets by NETLINK_SOCK_DIAG (linux/inet_diag.h), which needs no privilege.</summary>
internal static unsafe class SocketDiag
{
    private const int Longest = 32 * 1024;

    private const ushort SockDiagByFamily = 20, Error = 2, Done = 3, RequestAndDump = 0x301;

    // struct nlmsghdr and struct inet_diag_req_v2.
    private const int Header = 16, Ask = 56;

    private const uint Listening = 1 << 10;

    /// <returns>False where the kernel does not answer, as in gVisor or without the tcp_diag module.</returns>
    public static bool TryList(int port, List<Listener> found)
    {
        var socket = Libc.socket(Libc.NetlinkFamily, Libc.RawSocket | Libc.NonBlocking | Libc.CloseOnExec, Libc.NetlinkSockDiag);

        if (socket < 0)
        {
            return false;
        }

        // A machine without IPv6 has no such listeners, and says so with an error.
        var isComplete = TryList(socket, Libc.InternetFamily, port, found);
        _ = TryList(socket, Libc.InternetSixFamily, port, found);
        _ = Libc.close(socket);
        return isComplete;
    }

    private static bool TryList(int socket, int family, int port, List<Listener> found)
    {
        byte* ask = stackalloc byte[Header + Ask];
        var request = new Span<byte>(ask, Header + Ask);
        request.Clear();
        BitConverter.TryWriteBytes(request, request.Length);
        BitConverter.TryWriteBytes(request[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(request[6..], RequestAndDump);
        request[Header] = (byte)family;
        request[Header + 1] = 6; // TCP
        BitConverter.TryWriteBytes(request[(Header + 4)..], Listening);
        BinaryPrimitives.WriteUInt16BigEndian(request[(Header + 8)..], (ushort)port);

        if (Libc.send(socket, ask, request.Length, 0) != request.Length)
        {
            return false;
        }

        var bytes = new byte[Longest];

        fixed (byte* buffer = bytes)
        {
            // The kernel fills the queue while the request is sent and while it is read, so a read never has to wait.
            while (Libc.read(socket, buffer, Longest) is > 0 and var length)
            {
                for (var rest = bytes.AsSpan(0, (int)length); rest.Length >= Header;)
                {
                    var size = BitConverter.ToInt32(rest);

                    if (size < Header || size > rest.Length || BitConverter.ToUInt16(rest[4..]) is Error)
                    {
                        return false;
                    }

                    if (BitConverter.ToUInt16(rest[4..]) is Done)
                    {
                        // A dump that failed ends with its error.
                        return size < Header + sizeof(int) || BitConverter.ToInt32(rest[Header..]) >= 0;
                    }

                    if (DiagMessage.Read(rest[Header..size], port) is { } listener)
                    {
                        found.Add(listener);
                    }

                    rest = rest[Math.Min((size + 3) & ~3, rest.Length)..];
                }
            }
        }

        return false;
    }
}
