using System.Diagnostics;
using CredentialSidecar.Conformance.Launcher;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>A static program: the one published already if it is newer than its sources, else one published now.</summary>
internal sealed class StaticProgram
{
    private readonly string _sources;
    private readonly string _program;
    private readonly Lazy<Task<string?>> _published;

    /// <param name="folder">Below artifacts.</param>
    public StaticProgram(string project, string folder, string program)
    {
        (_sources, _program) = (Repository.File("src", project), Repository.File("artifacts", folder, program));
        _published = new(PublishAsync);
    }

    /// <returns>Its path. Skips the test where it cannot be built, and fails it where it does not build.</returns>
    public async Task<string> PathAsync()
    {
        if (!IsFresh() && (!Tools.Has("clang") || !Tools.Has("ld.lld")))
        {
            Assert.Skip("the native linker is not installed: apt-get install -y --no-install-recommends clang lld");
        }

        var mistake = await _published.Value;
        Assert.True(mistake is null, mistake);
        return _program;
    }

    private bool IsFresh() => File.Exists(_program) && new[] { _sources, Repository.File("src", "Shared") }
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
        .All(file => File.GetLastWriteTimeUtc(file) < File.GetLastWriteTimeUtc(_program));

    private async Task<string?> PublishAsync()
    {
        if (IsFresh())
        {
            return null;
        }

        string[] words = ["-s", "KILL", "400", Path.Combine(_sources, "publish.sh")];
        var (code, output, error) = await Tools.RunAsync(new ProcessStartInfo("timeout", words));
        return code == 0 ? null : output + error;
    }
}
