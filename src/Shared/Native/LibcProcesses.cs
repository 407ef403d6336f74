using System.Runtime.InteropServices;

namespace CredentialSidecar.Shared.Native;

/// <summary>Processes, signals and clocks.</summary>
internal static unsafe partial class Libc
{
    // linux/prctl.h.
    public const int SetDumpable = 4, SetChildSubreaper = 36;

    public const int NoHang = 1;
    public const int Realtime = 0, Monotonic = 1;
    public const short SetSignalMask = 8;

    /// <summary>For <see cref="pthread_sigmask"/>: block these too, or have exactly these blocked.</summary>
    public const int BlockThese = 0, SetMask = 2;

    /// <summary>A sigset_t is 128 bytes; struct sigaction is the handler, such a set, the flags and a restorer.</summary>
    public const int SignalSetSize = 128, SignalActionSize = 152;

    [LibraryImport("libc")]
    public static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial void _exit(int status);

    /// <summary>A system call that the C library does not offer, or only for a process with all of its threads.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc")]
    public static partial int getpid();

    [LibraryImport("libc")]
    public static partial int getppid();

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc")]
    public static partial int setsid();

    [LibraryImport("libc")]
    public static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    public static partial int waitpid(int process, int* status, int options);

    [LibraryImport("libc")]
    public static partial int sigaction(int signal, byte* action, byte* old);

    [LibraryImport("libc")]
    public static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    public static partial int signalfd(int descriptor, byte* set, int flags);

    [LibraryImport("libc")]
    public static partial int clock_gettime(int clock, Time* time);

    [LibraryImport("libc")]
    public static partial int posix_spawnp(
        int* process, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

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

    /// <summary>Puts a signal into a sigset_t.</summary>
    public static void Add(byte* set, int signal) => *(ulong*)set |= 1UL << (signal - 1);

    /// <summary>struct timespec.</summary>
    public struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
