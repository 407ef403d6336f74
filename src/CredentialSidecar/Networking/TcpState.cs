using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>The kernel's state of an accepted connection, without reading from it.</summary>
/// <param name="Received">Bytes that the peer has sent in total; on a Unix socket, 1 if unread bytes have arrived.</param>
/// <param name="HasHungUp">Whether the peer closed its side or reset the connection.</param>
internal readonly record struct TcpState(long Received, bool HasHungUp)
{
    // linux/tcp.h: tcpi_state, tcpi_unacked and tcpi_bytes_received (Linux 4.1) of struct tcp_info, TCP_CLOSE and TCP_CLOSE_WAIT.
    private const int Tcp = 6, TcpInfo = 11, QueueAt = 24, ReceivedAt = 128;
    private const byte Closed = 7, CloseWait = 8;

    /// <summary>How many connections wait to be accepted at a listening socket, from tcpi_unacked.</summary>
    public static int QueueOf(int fd)
    {
        Span<byte> info = stackalloc byte[QueueAt + sizeof(int)];
        return TryRead(fd, info) ? BitConverter.ToInt32(info[QueueAt..]) : 0;
    }

    /// <returns>If the system does not report it: nothing received, and not closed.</returns>
    public static TcpState Of(Socket socket)
    {
        try
        {
            return OperatingSystem.IsLinux() ? Of(socket.SafeHandle.DangerousGetHandle().ToInt32()) : default;
        }
        catch (ObjectDisposedException)
        {
            return new(0, HasHungUp: true);
        }
    }

    public static TcpState Of(int fd)
    {
        Span<byte> info = stackalloc byte[ReceivedAt + sizeof(long)];
        return TryRead(fd, info) ? new(BitConverter.ToInt64(info[ReceivedAt..]), info[0] is Closed or CloseWait) : OfUnix(fd);
    }

    private static TcpState OfUnix(int fd)
    {
        var (hasData, hasHungUp) = RawSocket.Look(fd);
        return new(hasData ? 1 : 0, hasHungUp);
    }

    private static bool TryRead(int fd, Span<byte> info)
    {
        var length = info.Length;
        return Libc.GetOption(fd, Tcp, TcpInfo, info, ref length) == 0 && length == info.Length;
    }
}
