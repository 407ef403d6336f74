using CredentialSidecar.Configuration;

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
    /// <returns>False where the kernel refused, or where a Debug build was asked to let a debugger in.</returns>
    public static bool Seal() => OperatingSystem.IsLinux()
        && !ProcessEnvironment.LetsDebuggerIn()
        && Libc.SetLimit(CoreSize, new Libc.Limit(0, 0)) == 0
        && Libc.Control(SetDumpable, 0, 0, 0, 0) == 0;
}
