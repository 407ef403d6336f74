namespace CredentialSidecar.Networking;

/// <summary>Protects the memory of this process from other users than root.</summary>
internal static class ProcessMemory
{
    /// <summary>linux/prctl.h.</summary>
    private const int SetDumpable = 4;

    /// <summary>asm-generic/resource.h.</summary>
    private const int CoreSize = 4;

    /// <summary>
    /// Disables core dumps, and prevents processes of the same user from tracing this one or reading its memory and environment.
    /// </summary>
    /// <returns>Whether the kernel agreed.</returns>
    public static bool Seal() => OperatingSystem.IsLinux()
        && Libc.SetLimit(CoreSize, new Libc.Limit(0, 0)) == 0
        && Libc.Control(SetDumpable, 0, 0, 0, 0) == 0;
}
