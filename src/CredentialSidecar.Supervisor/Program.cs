using System.Runtime.InteropServices;
using CredentialSidecar.Supervisor.Native;

namespace CredentialSidecar.Supervisor;

internal static unsafe class Program
{
    private const string Usage = """
        credential-supervisor PROGRAM [arguments]

        Starts the program, and holds the listening sockets that the program hands over, so that their ports are never
        free. When the program dies, the supervisor starts it again with the same sockets. It forwards SIGTERM, SIGINT,
        SIGQUIT, SIGHUP, SIGUSR1 and SIGUSR2, reaps every child, and ends with the program's exit code.

        Exit codes of its own: 64 wrong command line, 71 the system refused, 126 the program cannot be run,
        127 the program was not found, 128+n signal n ended the program.

        """;

    /// <summary>C's own main: arguments and environment come as the bytes they are, and the runtime starts here.</summary>
    [UnmanagedCallersOnly(EntryPoint = "main")]
    private static int Start(int count, byte** arguments, byte** environment)
    {
        // The environment holds what the operator configured for the server, tokens too.
        _ = Libc.prctl(Libc.SetDumpable, 0, 0, 0, 0);

        switch (NativeText.ReadList(arguments))
        {
            case [_, "--help"]:
                Output.Print(Usage);
                return ExitCodes.Ok;
            case [_, "--version"]:
                Output.Print($"credential-supervisor {ProgramVersion.Text}\n");
                return ExitCodes.Ok;
            case [_, { Length: > 0 } name, ..] when name[0] != '-':
                return Supervision.Run(arguments + 1, NativeText.ReadList(environment));
            default:
                Output.Error("No program is given; write credential-supervisor PROGRAM [arguments].");
                return ExitCodes.Usage;
        }
    }

    /// <summary>What the managed build runs: its runtime has threads and handlers that get in the way of signals.</summary>
    private static int Main()
    {
        Output.Error("This is the managed build, for tests only; publish the native one with src/CredentialSidecar.Supervisor/publish.sh.");
        return ExitCodes.CannotRun;
    }
}
