using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>Asks the kernel how much has come in on a connection.</summary>
internal static class ReceivedBytes
{
    // netinet/tcp.h, and tcpi_bytes_received of struct tcp_info in linux/tcp.h (Linux 4.1).
    private const int Tcp = 6, TcpInfo = 11, At = 128;

    /// <returns>Bytes; 0 where the kernel does not tell.</returns>
    public static long Of(Socket socket)
    {
        Span<byte> info = stackalloc byte[At + sizeof(long)];
        var length = info.Length;

        try
        {
            return Libc.GetOption(socket.SafeHandle.DangerousGetHandle().ToInt32(), Tcp, TcpInfo, info, ref length) == 0 && length == info.Length ? BitConverter.ToInt64(info[At..]) : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }
}
