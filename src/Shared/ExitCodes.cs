namespace CredentialSidecar.Shared;

/// <summary>What a script or an orchestrator learns from the end of the sidecar, the launcher or the supervisor.</summary>
/// <remarks>After sysexits.h and the shell. The supervisor decides by the sidecar's code whether it starts the sidecar again.</remarks>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>A probe got no answer, or found the sidecar not healthy.</summary>
    public const int Unhealthy = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>Sidecar: something that this start needs is missing just now, such as its port.</summary>
    public const int Unavailable = 69;

    /// <summary>Sidecar: a fault of its own, such as memory that ran out. Starting again may help.</summary>
    public const int Fault = 70;

    /// <summary>Supervisor: the kernel refused what every start needs, such as a pair of sockets.</summary>
    public const int System = 71;

    /// <summary>Launcher: the sidecar had no credentials within the wait. Starting again may help.</summary>
    public const int NotReady = 75;

    /// <summary>Launcher: the sidecar or STS refuses, or another user holds the port.</summary>
    public const int Denied = 77;

    /// <summary>The configuration, a variable, the token or the destination is wrong. Another start changes nothing.</summary>
    public const int Configuration = 78;

    /// <summary>Launcher and supervisor: the program was found and cannot be run.</summary>
    public const int CannotRun = 126;

    /// <summary>Launcher and supervisor: the program was not found.</summary>
    public const int NotFound = 127;

    /// <summary>Added to the number of the signal that ended the wait or the program.</summary>
    public const int Signal = 128;

    /// <summary>Sidecar: a second signal ended the drain. The number of SIGTERM is 15.</summary>
    public const int Terminated = Signal + 15;
}
