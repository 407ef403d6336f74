using System.Net.Sockets;
using System.Security.Cryptography;
using CredentialSidecar.Networking;
using Microsoft.Win32.SafeHandles;

namespace CredentialSidecar.Endpoint;

/// <summary>Opens a Unix socket as a file, and replaces one without a listener.</summary>
internal static class SocketFile
{
    /// <summary>Only the sidecar's own user may connect.</summary>
    public const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Siblings of any user may connect, if they mount the directory.</summary>
    public const UnixFileMode Everyone = Owner
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <param name="mode">The mode of the file from its creation, independent of the umask.</param>
    /// <param name="takesOver">Whether to replace another user's socket, which can only be an impostor's.</param>
    /// <returns>A listening socket.</returns>
    /// <exception cref="IOException">Another program listens there, or the directory cannot hold a socket; the message is a
    /// clause.</exception>
    public static Socket Open(string path, UnixFileMode mode, int backlog, bool takesOver = false)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new IOException("its directory does not exist");
        }

        if (Directory.Exists(path))
        {
            throw new IOException("it is a directory; remove it");
        }

        if (!takesOver && new FileInfo(path) is { Exists: true, Length: > 0 })
        {
            throw new IOException("it is not a socket");
        }

        if (File.Exists(path) && Holder(path, takesOver) is { } holder)
        {
            throw new IOException($"{holder}; give each sidecar a directory of its own");
        }

        return Replace(path, mode, backlog);
    }

    /// <summary>Removes the file; if that fails, the next start replaces it.</summary>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The directory may have been removed or become read-only.
        }
    }

    // Not longer than the socket's own name, since the length of a socket path is limited.
    private static Socket Replace(string path, UnixFileMode mode, int backlog)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".c{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        var socket = New();

        try
        {
            SetMode(socket, mode);
            socket.Bind(new UnixDomainSocketEndPoint(temporary));

            // The umask took rights away.
            SocketMode.Set(temporary, mode);
            socket.Listen(backlog);

            // Clients find either the former socket or this one, which already listens.
            File.Move(temporary, path, overwrite: true);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            // This removes the temporary file too.
            socket.Dispose();
            var isDenied = e is SocketException { SocketErrorCode: SocketError.AccessDenied } or UnauthorizedAccessException;
            throw new IOException(isDenied ? "permission denied" : e.Message, e);
        }
    }

    // unix(7): Linux creates the file with the mode that the socket has when it is bound, less the umask.
    private static void SetMode(Socket socket, UnixFileMode mode)
    {
        using var handle = new SafeFileHandle(socket.SafeHandle.DangerousGetHandle(), ownsHandle: false);

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, mode);
        }
    }

    /// <returns>Who has the socket, as a clause; null if nothing listens there, or if it may be replaced.</returns>
    private static string? Holder(string path, bool takesOver)
    {
        using var probe = New();
        probe.Blocking = false;

        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return UnixPeer.UidOf(probe) is { } uid && uid != Libc.EffectiveUid()
                ? takesOver ? null : $"a program of uid {uid} listens there" : "another sidecar answers there";
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return null;
        }
        catch (SocketException)
        {
            // Its mode refuses access to other users, and one of them may listen there.
            return takesOver ? null : "it is another user's socket";
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
