namespace CredentialSidecar.Networking;

/// <summary>Keeps what is in our memory from whoever is not root.</summary>
internal static class ProcessMemory
{
    /// <summary>linux/prctl.h.</summary>
    private const int SetDumpable = 4;

    /// <summary>asm-generic/resource.h.</summary>
    private const int CoreSize = 4;

    /// <summary>No core dump of this process is written, and no process of the same user may trace it or read its memory or first environment.</summary>
    /// <returns>Whether the kernel agreed.</returns>
    public static bool Seal() => OperatingSystem.IsLinux()
        && Libc.SetLimit(CoreSize, new Libc.Limit(0, 0)) == 0
        && Libc.Control(SetDumpable, 0, 0, 0, 0) == 0;
}
