using System.Runtime.InteropServices;

namespace CredentialSidecar.Supervisor.Native;

/// <summary>The C library, linked in. Numbers are Linux's, the same on x86-64 and arm64.</summary>
internal static unsafe partial class Libc
{
    // linux/prctl.h.
    public const int SetDumpable = 4, SetChildSubreaper = 36;

    public const int UnixFamily = 1, SequencedPackets = 5 | 0x80000; // SOCK_CLOEXEC
    public const int DoNotWait = 0x40, CloseOnExecReceived = 0x40000000;
    public const int SocketLevel = 1, Rights = 1;
    public const int SignalCloseOnExec = 0x80000, SignalNonBlocking = 0x800;
    public const int NoHang = 1;
    public const int Monotonic = 1, Realtime = 0;
    public const short In = 1, Out = 4;
    public const short SetSignalMask = 8;

    // errno.
    public const int NoEntry = 2, NotDirectory = 20;

    [LibraryImport("libc")]
    public static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc")]
    public static partial int socketpair(int family, int type, int protocol, int* pair);

    [LibraryImport("libc")]
    public static partial nint recvmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    public static partial nint read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc")]
    public static partial nint write(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);

    [LibraryImport("libc")]
    public static partial int poll(Waited* waited, nint count, int milliseconds);

    [LibraryImport("libc")]
    public static partial int clock_gettime(int clock, Time* time);

    [LibraryImport("libc")]
    public static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    public static partial int waitpid(int process, int* status, int options);

    [LibraryImport("libc")]
    public static partial int signalfd(int descriptor, byte* set, int flags);

    [LibraryImport("libc")]
    public static partial int sigaction(int signal, byte* action, byte* old);

    [LibraryImport("libc")]
    public static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    public static partial int posix_spawnp(int* process, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int number);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigmask(byte* attributes, byte* mask);

    [LibraryImport("libc")]
    public static partial byte* strerror(int error);

    /// <summary>struct pollfd.</summary>
    public struct Waited
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    /// <summary>struct timespec.</summary>
    public struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }

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
