using System.Runtime.InteropServices;

namespace CredentialSidecar.Shared.Native;

/// <summary>Sockets, and the message that carries a descriptor from one process to another.</summary>
internal static unsafe partial class Libc
{
    public const int UnixFamily = 1, InternetFamily = 2, InternetSixFamily = 10, NetlinkFamily = 16;
    public const int StreamSocket = 1, RawSocket = 3, PacketSocket = 5;
    public const int NetlinkSockDiag = 4;
    public const int SocketLevel = 1, SocketError = 4, Rights = 1;
    public const int ShutWrite = 1;
    public const int NoSignal = 0x4000, DoNotWait = 0x40, CloseOnExecReceived = 0x40000000;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    public static partial int socketpair(int family, int type, int protocol, int* pair);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int descriptor, byte* buffer, nint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int accept4(int descriptor, byte* address, int* length, int flags);

    [LibraryImport("libc")]
    public static partial int getsockname(int descriptor, byte* address, int* length);

    [LibraryImport("libc")]
    public static partial int shutdown(int descriptor, int how);

    [LibraryImport("libc")]
    public static partial int setsockopt(int descriptor, int level, int name, int* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int descriptor, byte* buffer, nint count, int flags);

    [LibraryImport("libc")]
    public static partial nint recvmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    public static partial int getsockopt(int descriptor, int level, int name, int* value, int* length);

    /// <summary>struct iovec.</summary>
    public struct Buffer
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public Buffer* Buffers;
        public nuint BufferCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct cmsghdr, with one descriptor behind it.</summary>
    public struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
