using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CredentialSidecar.Executing;

/// <summary>Processes by the C library. .NET's Process class makes no process group, so it does not end a program's children.</summary>
/// <remarks>Numbers are those of Linux, the same on x86-64 and arm64.</remarks>
internal static partial class Libc
{
    // spawn.h, signal.h and sys/wait.h.
    public const short SetGroup = 2, SetSignalDefaults = 4, SetSignalMask = 8;
    public const int Kill = 9, NoHang = 1, Exited = 4, NoReap = 0x1000000, OneProcess = 1;

    /// <summary>Room for posix_spawn_file_actions_t, posix_spawnattr_t, sigset_t and siginfo_t, of at most 336 bytes.</summary>
    public const int Room = 512;

    public const int CloseOnExec = 0x80000, Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(Span<int> ends, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<Waited> waited, nint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int SendSignal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitFor(int kind, int process, Span<byte> info, int options);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Reap(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    public static partial int Spawn(
        out int process, nint path, ReadOnlySpan<byte> actions, ReadOnlySpan<byte> attributes, ReadOnlySpan<nint> arguments,
        ReadOnlySpan<nint> environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddOpen(Span<byte> actions, int descriptor, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(Span<byte> actions, int descriptor, int number);

    /// <summary>Closes this descriptor and all higher ones. Since glibc 2.34.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(Span<byte> actions, int descriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(Span<byte> attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    public static partial int SetProcessGroup(Span<byte> attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetMask(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaults(Span<byte> attributes, ReadOnlySpan<byte> signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(Span<byte> attributes);

    /// <summary>struct pollfd.</summary>
    public struct Waited
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }
}
