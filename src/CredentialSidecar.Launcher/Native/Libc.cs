using System.Runtime.InteropServices;

namespace CredentialSidecar.Launcher.Native;

/// <summary>The C library, linked in. Every descriptor is opened so that the program does not inherit it.</summary>
internal static unsafe partial class Libc
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int StreamSocket = 1;
    public const int RawSocket = 3;
    public const int InternetFamily = 2;
    public const int InternetSixFamily = 10;
    public const int NetlinkFamily = 16;
    public const int NetlinkSockDiag = 4;
    public const int NoSignal = 0x4000;
    public const int SocketLevel = 1;
    public const int SocketError = 4;
    public const int SetDumpable = 4;
    public const short In = 1;
    public const short Out = 4;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int descriptor, byte* buffer, nint count);

    /// <summary>Fills struct statx, which is laid out alike on every machine, unlike struct stat.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, byte* result);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);

    [LibraryImport("libc")]
    public static partial nint readlink(byte* path, byte* buffer, nint count);

    [LibraryImport("libc")]
    public static partial int access(byte* path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int descriptor, byte* buffer, nint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(Waited* waited, nint count, int milliseconds);

    [LibraryImport("libc")]
    public static partial int getsockopt(int descriptor, int level, int name, int* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial int sigaction(int signal, byte* action, byte* old);

    [LibraryImport("libc")]
    public static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    public static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    public static partial void _exit(int status);

    [LibraryImport("libc")]
    public static partial byte* strerror(int error);

    /// <summary>struct pollfd.</summary>
    public struct Waited
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }
}
