using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CredentialSidecar.Networking;

/// <summary>The user at the other end of a connection from this machine, as the kernel reports it.</summary>
/// <param name="Uid">Null if the kernel does not report it, or if its report leaves a doubt.</param>
/// <param name="Doubt">Why the user is unknown, as a clause; empty if the user is known.</param>
internal readonly record struct LocalPeer(uint? Uid, string Doubt = "")
{
    private const int FamilyUnix = 1, FamilyFour = 2, FamilySix = 10;

    private static readonly Lazy<bool> MapsEveryUser = new(() => UserNamespace.MapsEveryUser(ReadMap()));

    /// <summary>Asks the kernel about an accepted connection.</summary>
    /// <remarks>
    /// On a Unix socket, the kernel stored the user when the peer connected (SO_PEERCRED). For TCP, the peer's own socket must be
    /// connected from the peer address to ours, and no firewall rule may have changed either address. Otherwise a port could be
    /// that of another user's connection.
    /// </remarks>
    public static LocalPeer Of(int fd)
    {
        Span<byte> own = stackalloc byte[128], other = stackalloc byte[128];
        var (ownLength, otherLength) = (own.Length, other.Length);

        if (Libc.OwnName(fd, own, ref ownLength) != 0 || Libc.PeerName(fd, other, ref otherLength) != 0)
        {
            return new(null, "the connection is closed");
        }

        return BitConverter.ToUInt16(own) switch
        {
            FamilyUnix => Known(UnixPeer.UidOf(fd)),
            FamilyFour or FamilySix => OfTcp(fd, EndPointOf(other), EndPointOf(own)),
            _ => new(null, "it is not a TCP connection"),
        };
    }

    private static LocalPeer OfTcp(int fd, IPEndPoint peer, IPEndPoint own) =>
        !IPAddress.IsLoopback(peer.Address) && !peer.Address.Equals(own.Address) ? new(null, "it comes from another host")
        : RedirectedConnection.OriginalDestination(fd, own) is not null ? new(null, "a firewall rule redirected it")
        : Known(SocketTable.UserOf(peer, own));

    private static LocalPeer Known(uint? uid) => uid switch
    {
        null => new(null, "the kernel does not report its user"),

        // The kernel shows this number for every user that this user namespace has no number for.
        UserNamespace.Overflow when !MapsEveryUser.Value => new(null,
            $"uid {UserNamespace.Overflow.ToString(CultureInfo.InvariantCulture)} may be any user outside this user namespace"),
        _ => new(uid),
    };

    private static IPEndPoint EndPointOf(ReadOnlySpan<byte> name)
    {
        var address = new IPAddress(BitConverter.ToUInt16(name) == FamilySix ? name.Slice(8, 16) : name.Slice(4, 4));
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, BinaryPrimitives.ReadUInt16BigEndian(name[2..]));
    }

    private static string? ReadMap()
    {
        try
        {
            return File.ReadAllText("/proc/self/uid_map");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
