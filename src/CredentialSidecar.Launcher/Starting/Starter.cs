using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Plan;

namespace CredentialSidecar.Launcher.Starting;

/// <summary>Replaces the launcher with the program.</summary>
/// <remarks>The process stays the same, so signals, standard streams and the exit code belong to the program.</remarks>
internal static unsafe class Starter
{
    private const string Shell = "/bin/sh";

    /// <summary>Tells before the wait what would fail after it.</summary>
    public static Mistake? Missing(string name, string? path)
    {
        foreach (var candidate in SearchPath.Candidates(name, path))
        {
            if (Files.Exists(candidate))
            {
                return null;
            }
        }

        return StartFailure.Explain(name, null, Errno.NoEntry, "");
    }

    /// <returns>Only if no candidate could be run.</returns>
    public static Mistake Run(string[] program, Variables environment)
    {
        byte** arguments = NativeText.WriteList(program), variables = NativeText.WriteList(environment.Entries);
        var (found, error) = ((string?)null, Errno.NoEntry);

        foreach (var candidate in SearchPath.Candidates(program[0], environment["PATH"]))
        {
            var failed = Try(candidate, arguments, variables);

            if (failed == Errno.ExecFormat && !IsMachineCode(candidate))
            {
                // A script without a #! line, which execvp and every shell hand to sh.
                _ = Try(Shell, NativeText.WriteList([Shell, candidate, .. program[1..]]), variables);
            }

            if (!StartFailure.LooksOn(failed))
            {
                (found, error) = (candidate, failed);
                break;
            }

            if (found is null && (failed == Errno.Access || Files.Exists(candidate)))
            {
                (found, error) = (candidate, failed);
            }
        }

        return StartFailure.Explain(program[0], found, error, NativeText.Reason(error));
    }

    /// <returns>The reason why it is still here to return.</returns>
    private static int Try(string path, byte** arguments, byte** environment)
    {
        _ = Libc.execve(NativeText.Write(path), arguments, environment);
        return Marshal.GetLastPInvokeError();
    }

    private static bool IsMachineCode(string path) => Files.ReadBeginning(path, 4) == "\x7f" + "ELF";
}
