using System.Runtime.InteropServices;
using System.Text;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Native;

/// <summary>The few things the launcher asks of a file system.</summary>
internal static unsafe class Files
{
    // A token is far below this.
    private const int Longest = 64 * 1024;

    // The listeners come first in /proc/net/tcp, at 150 bytes each.
    private const int LongestOfKernel = 1024 * 1024;

    public static bool Exists(string path) => Libc.access(NativeText.Write(path), 0) == 0;

    /// <summary>Reads a token file. Never waits: the open of a FIFO would, for a writer.</summary>
    public static FileText Read(string path)
    {
        var descriptor = Libc.open(NativeText.Write(path), Libc.CloseOnExec | Libc.NonBlocking);

        if (descriptor < 0)
        {
            return Failed();
        }

        var result = FileStatus.Of(descriptor) is not { } status ? Failed()
            : status.Kind is { } kind ? new FileText { Trouble = $"it is {kind}, not a regular file" }
            : status.Size > Longest ? new FileText { Trouble = "it is longer than 64 KiB" }
            : ReadText(descriptor, Longest) is not { } text ? Failed()
            : new FileText { Text = text, Owner = status.Owner, IsWritableByOthers = status.IsWritableByOthers };
        _ = Libc.close(descriptor);
        return result;
    }

    /// <summary>Reads a file of /proc, whose size the kernel does not tell; null where there is none.</summary>
    public static string? ReadKernel(string path) => ReadBeginning(path, LongestOfKernel);

    /// <summary>The first bytes of a file; null where they cannot be read.</summary>
    public static string? ReadBeginning(string path, int length)
    {
        var descriptor = Libc.open(NativeText.Write(path), Libc.CloseOnExec | Libc.NonBlocking);

        if (descriptor < 0)
        {
            return null;
        }

        var text = ReadText(descriptor, length);
        _ = Libc.close(descriptor);
        return text;
    }

    /// <summary>The directory this program lies in; null where it cannot be told.</summary>
    public static string? OwnDirectory()
    {
        var buffer = stackalloc byte[4096];
        var length = Libc.readlink(NativeText.Write("/proc/self/exe"), buffer, 4096);
        var path = length > 0 ? Encoding.Latin1.GetString(buffer, (int)length) : "";
        return path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : null;
    }

    private static string? ReadText(int descriptor, int longest)
    {
        var text = new StringBuilder();
        byte* buffer = stackalloc byte[4096];
        nint count;

        while ((count = Libc.read(descriptor, buffer, Math.Min(4096, longest - text.Length))) > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, (int)count));
        }

        return count < 0 ? null : text.ToString();
    }

    private static FileText Failed()
    {
        var error = Marshal.GetLastPInvokeError();
        return error is Errno.NoEntry or Errno.NotDirectory ? new() { Missing = true } : new() { Trouble = NativeText.Reason(error) };
    }
}
