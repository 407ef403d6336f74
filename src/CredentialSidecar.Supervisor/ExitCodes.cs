namespace CredentialSidecar.Supervisor;

/// <summary>What the end of the supervisor means where it is not the program's own exit code. After sysexits.h and the shell.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The kernel refused what every start needs, such as a pair of sockets.</summary>
    public const int System = 71;

    /// <summary>The program was found and cannot be run.</summary>
    public const int CannotRun = 126;

    /// <summary>The program was not found.</summary>
    public const int NotFound = 127;

    /// <summary>Added to the number of the signal that ended the program.</summary>
    public const int Signal = 128;
}
