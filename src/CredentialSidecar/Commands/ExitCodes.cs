namespace CredentialSidecar.Commands;

/// <summary>What a script or an orchestrator learns from the end of the process. After sysexits.h where it has a number.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>A probe found the sidecar not healthy, or nobody there.</summary>
    public const int Unhealthy = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>Something this start needs is not to be had just now, such as its port.</summary>
    public const int Unavailable = 69;

    /// <summary>A fault of the sidecar's own, such as memory that ran out: starting again may help.</summary>
    public const int Fault = 70;

    /// <summary>The configuration is wrong: starting again as it is will not help.</summary>
    public const int Configuration = 78;

    /// <summary>A second signal ended the drain.</summary>
    public const int Terminated = 143;
}
