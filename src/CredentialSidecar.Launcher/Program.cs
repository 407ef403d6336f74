using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Forwarding;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;

namespace CredentialSidecar.Launcher;

internal static unsafe class Program
{
    /// <summary>C's own main: arguments and environment come as the bytes they are, and the runtime starts here.</summary>
    [UnmanagedCallersOnly(EntryPoint = "main")]
    private static int Start(int count, byte** arguments, byte** environment)
    {
        // Keeps processes of the same user from reading the token in this environment and memory. Exec makes the program readable again.
        _ = Libc.prctl(Libc.SetDumpable, 0, 0, 0, 0);
        ForwarderProcess.Prepare(arguments, environment);
        var words = NativeText.ReadList(arguments) is [_, .. var all] ? all : [];
        return Launch.Run(words, new Variables(NativeText.ReadList(environment)));
    }

    /// <summary>What the managed build runs: it has threads and handlers that a program in its place must not inherit.</summary>
    private static int Main()
    {
        Output.Error("This is the managed build, for tests only; publish the native one with src/CredentialSidecar.Launcher/publish.sh.");
        return ExitCodes.CannotRun;
    }
}
