namespace CredentialSidecar.Launcher;

/// <summary>What the end of the launcher means, while there is no program whose exit code it could be. After sysexits.h and the shell.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary><c>--check</c> found the sidecar not healthy, or nobody there.</summary>
    public const int Unhealthy = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The sidecar had no credentials within the wait; starting again may help.</summary>
    public const int NotReady = 75;

    /// <summary>The sidecar or STS refuses, or another user holds the port. A token, policy, permission or uid has to change.</summary>
    public const int Denied = 77;

    /// <summary>A variable, the token or the destination is wrong: starting again as it is will not help.</summary>
    public const int Configuration = 78;

    /// <summary>The program was found and cannot be run.</summary>
    public const int CannotRun = 126;

    /// <summary>The program was not found.</summary>
    public const int NotFound = 127;

    /// <summary>Added to the number of the signal that ended the wait.</summary>
    public const int Signal = 128;
}
