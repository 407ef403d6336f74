using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>The programs as they were built: they stand beside this one.</summary>
internal static class Programs
{
    public static string Sidecar { get; } = PathOf("credential-sidecar");

    public static string Emulator { get; } = PathOf("credential-sidecar-emulator");

    public static string Itself { get; } = PathOf("CredentialSidecar.Conformance");

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name);

    /// <summary>Runs one command of the sidecar to its end.</summary>
    public static Task<ChildProcess.Ended> SidecarAsync(
        IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> settings) =>
        ChildProcess.RunAsync(Sidecar, arguments, CleanEnvironment.With(settings));
}
