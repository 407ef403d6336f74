using System.Runtime.InteropServices;

namespace CredentialSidecar.Shared.Native;

/// <summary>
/// The C library, linked into the static programs. Numbers are Linux's, the same on x86-64 and arm64. A program carries only the functions
/// that it calls.
/// </summary>
internal static unsafe partial class Libc
{
    /// <summary>O_CLOEXEC, SOCK_CLOEXEC and SFD_CLOEXEC: a program that starts does not inherit the descriptor.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>O_NONBLOCK, SOCK_NONBLOCK and SFD_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    public const short In = 1, Out = 4, Failed = 8, HungUp = 0x10, PeerClosed = 0x2000;

    /// <summary>PROT_READ and PROT_WRITE; MAP_PRIVATE and MAP_ANONYMOUS.</summary>
    public const int ReadAndWrite = 3, PrivateMemory = 0x22;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc")]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(Waited* waited, nint count, int milliseconds);

    /// <summary>Fills struct statx, which is laid out alike on every machine, unlike struct stat.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int directory, byte* path, int flags, uint mask, byte* result);

    [LibraryImport("libc")]
    public static partial nint readlink(byte* path, byte* buffer, nint count);

    [LibraryImport("libc")]
    public static partial int access(byte* path, int mode);

    [LibraryImport("libc")]
    public static partial byte* mmap(byte* address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc")]
    public static partial int dup2(int descriptor, int number);

    [LibraryImport("libc")]
    public static partial int chdir(byte* path);

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
