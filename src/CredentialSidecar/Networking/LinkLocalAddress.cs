using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Networking;

/// <summary>Puts 169.254.170.2 or 169.254.170.23 on loopback, as <c>ip address add … dev lo</c> would, where that alone suffices.</summary>
internal static class LinkLocalAddress
{
    private const int NetlinkFamily = 16, RawCloseOnExec = 3 | 0x80000, Loopback = 1;

    // RTM_NEWADDR; NLM_F_REQUEST | ACK | CREATE | REPLACE, so that a second time is no error.
    private const ushort NewAddress = 20, Flags = 1 | 4 | 0x400 | 0x100;
    private const byte HostScope = 254;

    /// <exception cref="InterceptionException">The kernel does not allow it.</exception>
    public static void Add(IPAddress address)
    {
        var fd = Libc.Socket(NetlinkFamily, RawCloseOnExec, 0);

        try
        {
            // nlmsghdr, ifaddrmsg, and the attributes IFA_ADDRESS (1) and IFA_LOCAL (2) of linux/if_addr.h.
            Span<byte> ask = stackalloc byte[16 + 8 + 8 + 8];
            ask.Clear();
            BitConverter.TryWriteBytes(ask, ask.Length);
            BitConverter.TryWriteBytes(ask[4..], NewAddress);
            BitConverter.TryWriteBytes(ask[6..], Flags);
            ask[16] = 2;
            ask[17] = 32;
            ask[19] = HostScope;
            BitConverter.TryWriteBytes(ask[20..], Loopback);
            Attribute(ask[24..], 2, address);
            Attribute(ask[32..], 1, address);

            Span<byte> answer = stackalloc byte[1024];
            var sent = fd >= 0 && Libc.Send(fd, ask, ask.Length, 0) == ask.Length && Libc.Receive(fd, answer, answer.Length, 0) >= 20;
            var error = sent ? -BitConverter.ToInt32(answer[16..]) : Marshal.GetLastPInvokeError();

            if (error != 0)
            {
                throw new InterceptionException($"{address} cannot be put on loopback: {Marshal.GetPInvokeErrorMessage(error)}. It needs the capability NET_ADMIN, which Fargate does not give.");
            }
        }
        finally
        {
            _ = fd < 0 ? 0 : Libc.Close(fd);
        }
    }

    private static void Attribute(Span<byte> at, ushort type, IPAddress address)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, 8);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], type);
        address.TryWriteBytes(at[4..], out _);
    }
}
