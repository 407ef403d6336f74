using CredentialSidecar.Launcher.Native;

namespace CredentialSidecar.Launcher.Starting;

/// <summary>Why no candidate could be run, with the exit codes of a shell: 126 for found and 127 for not found.</summary>
internal static class StartFailure
{
    /// <summary>Errors after which a shell looks on: nothing here, or nothing that may be run.</summary>
    public static bool LooksOn(int error) => error
        is Errno.NoEntry or Errno.NotDirectory or Errno.Access or Errno.NoDevice or Errno.TimedOut or Errno.Stale;

    /// <param name="found">The first candidate that exists; null where none does.</param>
    /// <param name="error">The error number of the attempt to run it.</param>
    /// <param name="reason">The system's words for it.</param>
    public static Mistake Explain(string name, string? found, int error, string reason) => (found, error) switch
    {
        (null, _) => new(ExitCodes.NotFound, $"The program {name} was not found; check its name, and PATH in this image."),
        (_, Errno.NoEntry) => new(ExitCodes.NotFound,
            $"{found} is there, but the interpreter or loader it names is not; " +
            "a glibc program in an Alpine image, or a script whose #! line does not fit this image."),
        (_, Errno.ExecFormat) => new(ExitCodes.CannotRun,
            $"{found} is built for another kind of machine, or there is no /bin/sh to run it as a script."),
        (_, Errno.Access) => new(ExitCodes.CannotRun,
            $"{found} cannot be run: {reason}; it is a directory, or lacks the permission to execute for this user."),
        _ => new(ExitCodes.CannotRun, $"{found} cannot be run: {reason}."),
    };
}
