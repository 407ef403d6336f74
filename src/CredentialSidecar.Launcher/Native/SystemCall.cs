using System.Runtime.Intrinsics.X86;

namespace CredentialSidecar.Launcher.Native;

/// <summary>Numbers of system calls, which differ between x86-64 and arm64.</summary>
internal static class SystemCall
{
    public const nint OpenProcess = 434, CloseRange = 436;

    public static nint Clone => X86Base.IsSupported ? 56 : 220;

    public static nint SetUsers => X86Base.IsSupported ? 117 : 147;
}
