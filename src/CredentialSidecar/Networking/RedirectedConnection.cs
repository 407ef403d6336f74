using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>Asks the kernel for the original destination of a redirected connection.</summary>
internal static class RedirectedConnection
{
    // struct sockaddr_in and sockaddr_in6: family, port and address in network order.
    private const int PortAt = 2, FourAt = 4, SixAt = 8;

    /// <summary>The original destination; null if the connection was not redirected.</summary>
    public static IPEndPoint? OriginalDestination(Socket socket) =>
        OriginalDestination(socket.SafeHandle.DangerousGetHandle().ToInt32(), (IPEndPoint)socket.LocalEndPoint!);

    /// <param name="fd">A connected TCP socket.</param>
    /// <param name="local">Its own address.</param>
    public static IPEndPoint? OriginalDestination(int fd, IPEndPoint local)
    {
        var original = Read(fd, local.Address.AddressFamily == AddressFamily.InterNetworkV6 && !local.Address.IsIPv4MappedToIPv6);
        return original is not null && original.Port == local.Port && original.Address.MapToIPv6().Equals(local.Address.MapToIPv6())
            ? null : original;
    }

    private static IPEndPoint? Read(int fd, bool isSix)
    {
        Span<byte> address = stackalloc byte[28];
        var length = isSix ? address.Length : 16;

        return Libc.GetOption(fd, isSix ? Libc.SolIpv6 : Libc.SolIp, Libc.SoOriginalDst, address, ref length) == 0
            ? new IPEndPoint(
                new IPAddress(isSix ? address.Slice(SixAt, 16) : address.Slice(FourAt, 4)),
                BinaryPrimitives.ReadUInt16BigEndian(address[PortAt..]))
            : null;
    }
}
