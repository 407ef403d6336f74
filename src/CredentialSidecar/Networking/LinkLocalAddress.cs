using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Networking;

/// <summary>Puts 169.254.170.2, 169.254.170.23 or fd00:ec2::23 on loopback, as <c>ip address add … dev lo</c> would.</summary>
internal static class LinkLocalAddress
{
    private const int NetlinkFamily = 16, RawCloseOnExec = 3 | 0x80000, Loopback = 1;

    // RTM_NEWADDR, RTM_DELADDR; NLM_F_REQUEST | ACK, and for a new one CREATE | EXCL.
    private const ushort NewAddress = 20, DeleteAddress = 21, Ask = 1 | 4, Create = 0x400 | 0x200;
    private const byte HostScope = 254;

    // Only the sidecar puts this address on loopback, so there is no other owner to detect.
    private const byte NoDetection = 2;

    // The attributes of linux/if_addr.h.
    private const ushort Address = 1, Local = 2, Label = 3;

    // errno: exists already, does not exist.
    private const int Exists = 17, NotAvailable = 99;

    // IPv6 has no labels. The prefix length, by which the kernel finds an address to delete, distinguishes this one from /128.
    private const byte OurPrefix = 127;

    /// <summary>The label by which <see cref="Remove"/> finds the address; must begin with the interface's name.</summary>
    private static ReadOnlySpan<byte> OurLabel => "lo:sidecar\0"u8;

    /// <returns>False if an interface of this namespace already has the address; this check needs no privilege.</returns>
    /// <exception cref="InterceptionException">The kernel does not allow it.</exception>
    public static bool Add(string address)
    {
        var ip = IPAddress.Parse(address);
        return !IPGlobalProperties.GetIPGlobalProperties().GetUnicastAddresses().Any(own => own.Address.Equals(ip))
            && Send(NewAddress, Ask | Create, ip) switch
            {
                0 => true,
                Exists => false,
                var error => throw Failure($"{address} cannot be added to loopback", error),
            };
    }

    /// <summary>Removes the address that <see cref="Add"/> added, if any.</summary>
    /// <exception cref="InterceptionException">The kernel does not allow it.</exception>
    public static void Remove()
    {
        foreach (var own in IPGlobalProperties.GetIPGlobalProperties().GetUnicastAddresses()
            .Select(own => own.Address)
            .Where(ip => ip.ToString() is "169.254.170.2" or "169.254.170.23" or "fd00:ec2::23"))
        {
            if (Send(DeleteAddress, Ask, own) is var error && error is not (0 or NotAvailable))
            {
                throw Failure($"{own} cannot be removed from loopback", error);
            }
        }
    }

    private static InterceptionException Failure(string what, int error) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(error)}. "
            + "This needs root and the capability NET_ADMIN, which Fargate does not offer.");

    // nlmsghdr, ifaddrmsg, and the attributes. Returns an errno.
    private static int Send(ushort message, ushort flags, IPAddress address)
    {
        Span<byte> buffer = stackalloc byte[64];
        var ask =
            buffer[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? WriteSix(buffer, address) : WriteFour(buffer, address))];
        BinaryPrimitives.WriteInt32LittleEndian(ask, ask.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(ask[4..], message);
        BinaryPrimitives.WriteUInt16LittleEndian(ask[6..], flags);
        BinaryPrimitives.WriteInt32LittleEndian(ask[20..], Loopback);

        var fd = Libc.Socket(NetlinkFamily, RawCloseOnExec, 0);

        try
        {
            Span<byte> answer = stackalloc byte[1024];
            var isAnswered = fd >= 0 && Libc.Send(fd, ask, ask.Length, 0) == ask.Length && Libc.Receive(fd, answer, answer.Length, 0) >= 20;
            return isAnswered ? -BinaryPrimitives.ReadInt32LittleEndian(answer[16..]) : Marshal.GetLastPInvokeError();
        }
        finally
        {
            _ = fd < 0 ? 0 : Libc.Close(fd);
        }
    }

    private static int WriteFour(Span<byte> ask, IPAddress address)
    {
        (ask[16], ask[17], ask[19]) = (2, 32, HostScope);
        Attribute(ask[24..], Local, address.GetAddressBytes());
        Attribute(ask[32..], Address, address.GetAddressBytes());
        Attribute(ask[40..], Label, OurLabel);
        return 56;
    }

    private static int WriteSix(Span<byte> ask, IPAddress address)
    {
        (ask[16], ask[17], ask[18]) = (10, OurPrefix, NoDetection);
        Attribute(ask[24..], Local, address.GetAddressBytes());
        Attribute(ask[44..], Address, address.GetAddressBytes());
        return 64;
    }

    private static void Attribute(Span<byte> at, ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], type);
        value.CopyTo(at[4..]);
    }
}
