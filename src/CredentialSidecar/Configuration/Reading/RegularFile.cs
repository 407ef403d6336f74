using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Opens a file with system calls.</summary>
/// <remarks>.NET's FileStream takes a lock, which another program's lock prevents, and blocks on a pipe.</remarks>
internal static partial class RegularFile
{
    // O_RDONLY, O_NOCTTY, O_NONBLOCK and O_CLOEXEC of asm-generic/fcntl.h, which x86 and Arm share.
    private const int Flags = 0x100 | 0x800 | 0x80000;

    // statx(2): of the handle itself, its type, mode and owner.
    private const int EmptyPath = 0x1000;
    private const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8;

    private const uint GroupToo = 0x10;

    // AT_FDCWD
    private const int WorkingDirectory = -100;

    private const int TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    /// <summary>O_NOFOLLOW, which differs between x86 and Arm.</summary>
    public static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <param name="followLinks">Whether the path may end in a symbolic link.</param>
    /// <returns>The handle of a regular file, its owner and its mode, or the trouble with it.</returns>
    public static (SafeFileHandle? Handle, FileTrouble Trouble, uint Owner, int Mode) Open(string path, bool followLinks)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return (null, FileTrouble.Unreadable, 0, 0);
        }

        var handle = OpenFile(path, followLinks ? Flags : Flags | NoFollow);

        if (handle.IsInvalid)
        {
            return (null, Translate(Marshal.GetLastPInvokeError(), followLinks), 0, 0);
        }

        var isKnown = Describe(handle, "", EmptyPath, TypeModeAndOwner, out var found) == 0;
        var trouble = !isKnown ? FileTrouble.Unreadable : (found.Mode & TypeMask) switch
        {
            Regular => FileTrouble.None,
            Folder => FileTrouble.Directory,
            _ => FileTrouble.NotRegular,
        };

        if (trouble == FileTrouble.None)
        {
            return (handle, trouble, found.Owner, found.Mode & 0xFFF);
        }

        handle.Dispose();
        return (null, trouble, 0, 0);
    }

    /// <summary>Whose a file is and who may use it, where we may not open it; else the directory above it that we may not enter.</summary>
    public static (uint Owner, uint Group, int Mode, bool IsDirectory)? Permissions(string path)
    {
        for (var at = path; at.Length > 0; at = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(at)) ?? "")
        {
            if (DescribePath(WorkingDirectory, at, 0, TypeModeAndOwner | GroupToo, out var found) == 0)
            {
                return (found.Owner, found.Group, found.Mode & 0xFFF, at != path);
            }
        }

        return null;
    }

    // errno.h
    private static FileTrouble Translate(int error, bool followLinks) => error switch
    {
        2 or 20 => FileTrouble.Missing,
        1 or 13 => FileTrouble.Forbidden,
        6 => FileTrouble.NotRegular,
        40 when !followLinks => FileTrouble.Link,
        _ => FileTrouble.Unreadable,
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Describe(SafeFileHandle file, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DescribePath(int directory, string path, int flags, uint mask, out Status status);

    /// <summary>What is needed of a <c>struct statx</c>, which is the same on every machine.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Status
    {
        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(24)]
        public readonly uint Group;

        [FieldOffset(28)]
        public readonly ushort Mode;
    }
}
