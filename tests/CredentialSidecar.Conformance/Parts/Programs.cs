using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>The sidecar and the emulator, natively compiled if that is newer than their sources, else as they were built here.</summary>
/// <remarks>A native program is what the image has, and it starts in a fifth of the time: the ring starts hundreds of them.</remarks>
internal static class Programs
{
    public static string Sidecar { get; } = Newest("native", "credential-sidecar", "CredentialSidecar");

    public static string ManagedSidecar { get; } = PathOf("credential-sidecar");

    public static string Emulator { get; } = Newest("emulator", "credential-sidecar-emulator", "CredentialSidecar.Emulator");

    public static string Itself { get; } = PathOf("CredentialSidecar.Conformance");

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static string Newest(string recipe, string name, string project)
    {
        var native = Repository.File("artifacts", recipe, name);
        var sources = new[] { Repository.File("src", project), Repository.File("src", "Shared") }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        return File.Exists(native) && sources.All(file => File.GetLastWriteTimeUtc(file) < File.GetLastWriteTimeUtc(native))
            ? native : PathOf(name);
    }

    /// <summary>Runs one command of the sidecar to its end.</summary>
    public static Task<ChildProcess.Ended> SidecarAsync(
        IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> settings) =>
        ChildProcess.RunAsync(Sidecar, arguments, CleanEnvironment.With(settings));
}
