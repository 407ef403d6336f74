using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CredentialSidecar.Testing.Processes;

/// <summary>Resets signals that the process which started the tests ignores.</summary>
/// <remarks><c>nohup</c> ignores SIGHUP, and a shell ignores SIGINT in its background processes.</remarks>
/// <remarks>Children inherit it, and then a program under test does not end by a signal that it should end by.</remarks>
internal static partial class SignalDispositions
{
    // signal.h of Linux. A struct sigaction begins with the handler, and SIG_IGN is 1.
    private const int Hangup = 1, Interrupt = 2, Quit = 3, Terminate = 15, FileSize = 25;
    private const nint Default = 0, Ignore = 1;

    // Before the first child of any test starts.
#pragma warning disable CA2255 // Each of the test programs would have to call it otherwise.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Reset()
    {
        Span<nint> action = stackalloc nint[32];

        foreach (var signal in OperatingSystem.IsLinux() ? [Hangup, Interrupt, Quit, Terminate, FileSize] : Array.Empty<int>())
        {
            if (ActionOf(signal, 0, action) == 0 && action[0] == Ignore)
            {
                _ = Set(signal, Default);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int ActionOf(int signal, nint replacement, Span<nint> action);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Set(int signal, nint handler);
}
