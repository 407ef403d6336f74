using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>The native launcher.</summary>
internal static class LauncherProgram
{
    private static readonly StaticProgram Program = new("CredentialSidecar.Launcher", "launcher", "credential-launch");

    /// <inheritdoc cref="StaticProgram.PathAsync"/>
    public static Task<string> PathAsync() => Program.PathAsync();
}
