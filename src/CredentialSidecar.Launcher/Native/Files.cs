using System.Runtime.InteropServices;
using System.Text;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Native;

/// <summary>The few things the launcher asks of a file system.</summary>
internal static unsafe class Files
{
    // A token is far below this; whatever is longer is no token.
    private const int Longest = 64 * 1024;

    public static bool Exists(string path) => Libc.access(NativeText.Write(path), 0) == 0;

    public static FileText Read(string path)
    {
        var descriptor = Libc.open(NativeText.Write(path), Libc.CloseOnExec);

        if (descriptor < 0)
        {
            return Failed();
        }

        var bytes = new byte[Longest];
        var length = 0;
        nint count;

        fixed (byte* buffer = bytes)
        {
            while ((count = Libc.read(descriptor, buffer + length, Longest - length)) > 0)
            {
                length += (int)count;
            }
        }

        var result = count < 0 ? Failed() : new FileText { Text = Encoding.Latin1.GetString(bytes, 0, length) };
        _ = Libc.close(descriptor);
        return result;
    }

    /// <summary>The directory this program lies in; null where it cannot be told.</summary>
    public static string? OwnDirectory()
    {
        var buffer = stackalloc byte[4096];
        var length = Libc.readlink(NativeText.Write("/proc/self/exe"), buffer, 4096);
        var path = length > 0 ? Encoding.Latin1.GetString(buffer, (int)length) : "";
        return path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : null;
    }

    private static FileText Failed()
    {
        var error = Marshal.GetLastPInvokeError();
        return error is Errno.NoEntry or Errno.NotDirectory ? new() { Missing = true } : new() { Trouble = NativeText.Reason(error) };
    }
}
