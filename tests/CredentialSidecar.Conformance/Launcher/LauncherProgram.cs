using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>The native program: the one published already if it is newer than its sources, else one published now.</summary>
internal static class LauncherProgram
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));
    private static readonly string Sources = Path.Combine(Root, "src", "CredentialSidecar.Launcher");
    private static readonly string Program = Path.Combine(Root, "artifacts", "launcher", "credential-launch");
    private static readonly Lazy<Task<string?>> Published = new(PublishAsync);

    /// <returns>Its path. Skips the test where it cannot be built, and fails it where it does not build.</returns>
    public static async Task<string> PathAsync()
    {
        if (!IsFresh() && (!Tools.Has("clang") || !Tools.Has("ld.lld")))
        {
            Assert.Skip("the native linker is not installed: apt-get install -y --no-install-recommends clang lld");
        }

        var mistake = await Published.Value;
        Assert.True(mistake is null, mistake);
        return Program;
    }

    private static bool IsFresh() => File.Exists(Program) && Directory.EnumerateFiles(Sources, "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .All(file => File.GetLastWriteTimeUtc(file) < File.GetLastWriteTimeUtc(Program));

    private static async Task<string?> PublishAsync()
    {
        if (IsFresh())
        {
            return null;
        }

        var (code, output, error) = await Tools.RunAsync(new ProcessStartInfo("timeout", ["-s", "KILL", "400", Path.Combine(Sources, "publish.sh")]));
        return code == 0 ? null : output + error;
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
