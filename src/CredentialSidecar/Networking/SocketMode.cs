using System.Globalization;
using System.Runtime.InteropServices;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Networking;

/// <summary>Sets the mode of a socket's file, and of nothing else.</summary>
/// <remarks>Another user who may write to the directory could replace the file by a link between its creation and a chmod.</remarks>
internal static partial class SocketMode
{
    // O_PATH and O_CLOEXEC of fcntl.h, AT_EMPTY_PATH, and struct statx.
    private const int PathOnly = 0x200000, CloseOnExec = 0x80000, EmptyPath = 0x1000, StatusSize = 256, ModeAt = 28;
    private const uint Type = 1;
    private const int TypeMask = 0xF000, Socket = 0xC000;

    /// <exception cref="IOException">The path is not a socket.</exception>
    /// <exception cref="UnauthorizedAccessException">The socket belongs to another user.</exception>
    public static void Set(string path, UnixFileMode mode)
    {
        var fd = Open(path, PathOnly | CloseOnExec | RegularFile.NoFollow);

        try
        {
            Span<byte> status = stackalloc byte[StatusSize];

            if (fd < 0 || Describe(fd, "", EmptyPath, Type, status) != 0 || (BitConverter.ToUInt16(status[ModeAt..]) & TypeMask) != Socket)
            {
                throw new IOException("another program replaced the socket");
            }

            if (!OperatingSystem.IsWindows())
            {
                // This link leads to the opened file, whatever its name is now.
                File.SetUnixFileMode($"/proc/self/fd/{fd.ToString(CultureInfo.InvariantCulture)}", mode);
            }
        }
        finally
        {
            _ = fd < 0 ? 0 : Libc.Close(fd);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Describe(int fd, string path, int flags, uint mask, Span<byte> status);
}
