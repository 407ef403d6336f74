using System.Runtime.InteropServices;

namespace CredentialSidecar.Testing;

/// <summary>A pipe in a file's place: who opens it to read waits until somebody writes.</summary>
internal static class Fifo
{
    public static void Make(string path)
    {
        if (MakeFifo(path, 0b110_100_100) != 0)
        {
            throw new InvalidOperationException($"No pipe could be made at {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Does what must not wait. Where it does, the test fails after ten seconds instead of never.</summary>
    public static Task<T> PromptlyAsync<T>(Func<T> work) => Task.Run(work).WaitAsync(TimeSpan.FromSeconds(10));

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
