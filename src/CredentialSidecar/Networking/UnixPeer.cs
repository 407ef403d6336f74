using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>Asks the kernel which user is at the other end of a Unix socket.</summary>
internal static class UnixPeer
{
    // asm-generic/socket.h, and a struct ucred: pid, uid, gid.
    private const int PeerCredentials = 17, Size = 12, UidAt = 4;

    /// <returns>The uid of the peer when it connected or began to listen; null if the kernel does not report it.</returns>
    public static uint? UidOf(Socket socket) => UidOf(socket.SafeHandle.DangerousGetHandle().ToInt32());

    public static uint? UidOf(int fd)
    {
        Span<byte> credentials = stackalloc byte[Size];
        var length = credentials.Length;
        return Libc.GetOption(fd, Libc.SolSocket, PeerCredentials, credentials, ref length) == 0 && length == Size
            ? BitConverter.ToUInt32(credentials[UidAt..])
            : null;
    }
}
