using System.Runtime.InteropServices;

namespace CredentialSidecar.Networking;

internal static partial class Libc
{
    private const int NoSignal = 0x4000, Rights = 1;

    // struct msghdr, iovec and cmsghdr of a 64-bit system, in one block.
    private const int TextAt = 0, BufferAt = 16, ControlAt = 32, MessageAt = 56, Size = 112;

    /// <summary>Sends a few bytes, and with them a descriptor (SCM_RIGHTS).</summary>
    public static bool SendDescriptor(int socket, ReadOnlySpan<byte> text, int descriptor)
    {
        var block = Marshal.AllocHGlobal(Size);

        try
        {
            Marshal.Copy(new byte[Size], 0, block, Size);
            Marshal.Copy(text.ToArray(), 0, block + TextAt, Math.Min(text.Length, BufferAt - TextAt));

            Marshal.WriteIntPtr(block + BufferAt, block + TextAt);
            Marshal.WriteInt64(block + BufferAt + 8, Math.Min(text.Length, BufferAt - TextAt));

            // CMSG_LEN and CMSG_SPACE of one int.
            Marshal.WriteInt64(block + ControlAt, 20);
            Marshal.WriteInt32(block + ControlAt + 8, SolSocket);
            Marshal.WriteInt32(block + ControlAt + 12, Rights);
            Marshal.WriteInt32(block + ControlAt + 16, descriptor);

            Marshal.WriteIntPtr(block + MessageAt + 16, block + BufferAt);
            Marshal.WriteInt64(block + MessageAt + 24, 1);
            Marshal.WriteIntPtr(block + MessageAt + 32, block + ControlAt);
            Marshal.WriteInt64(block + MessageAt + 40, 24);
            return SendMessage(socket, block + MessageAt, NoSignal) == text.Length;
        }
        finally
        {
            Marshal.FreeHGlobal(block);
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, nint message, int flags);
}
