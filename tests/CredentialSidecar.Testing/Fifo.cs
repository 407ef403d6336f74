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

    /// <summary>Does what must not wait. Where it waits at the pipe, the test fails after ten seconds instead of never.</summary>
    public static async Task<T> PromptlyAsync<T>(string pipe, Func<Task<T>> work)
    {
        var working = Task.Run(work);

        if (await Task.WhenAny(working, Task.Delay(TimeSpan.FromSeconds(10))) != working)
        {
            // Lets all go that wait, so that the fixture can end.
            while (!working.IsCompleted)
            {
                using var writer = File.OpenHandle(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
                await Task.Delay(50);
            }

            throw new TimeoutException($"Somebody waited at {pipe}.");
        }

        return await working;
    }

    public static Task<T> PromptlyAsync<T>(string pipe, Func<T> work) => PromptlyAsync(pipe, () => Task.FromResult(work()));

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
