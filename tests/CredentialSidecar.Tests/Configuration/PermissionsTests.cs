using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>A file that the sidecar's user may not read, by the real program as a real user.</summary>
public sealed class PermissionsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("permissions-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_file_of_another_user_is_told_with_its_owner_and_mode()
    {
        var file = Path.Combine(_directory, "config.json");
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);
        await ModeAsync("0701", _directory);
        await ModeAsync("0600", file);
        Assert.Contains(
            $"SIDECAR_CONFIG_FILE is \"{file}\", which may not be read by uid 9170 (owner uid 0, group 0, mode 0600); " +
            "let uid 9170 read it, by chown or chmod.",
            await ValidateAsync(file),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_may_not_be_entered_is_told_with_its_owner_and_mode()
    {
        await ModeAsync("0700", _directory);
        var file = Path.Combine(_directory, "deep", "config.json");
        Assert.Contains(
            $"SIDECAR_CONFIG_FILE is \"{file}\", which is below a directory that uid 9170 may not enter " +
            "(owner uid 0, group 0, mode 0700); let uid 9170 read it",
            await ValidateAsync(file),
            StringComparison.Ordinal);
    }

    private static async Task ModeAsync(string mode, string path) =>
        Assert.Equal(0, (await ChildProcess.RunAsync("chmod", [mode, path], CleanEnvironment.With())).Code);

    private static async Task<string> ValidateAsync(string file)
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"),
            "Running as another user takes root and setpriv.");
        var sidecar = Path.Combine(AppContext.BaseDirectory, "credential-sidecar");
        var ended = await ChildProcess.RunAsync(
            "setpriv",
            ["--reuid", "9170", "--regid", "9170", "--clear-groups", "--bounding-set=-all", sidecar, "validate"],
            CleanEnvironment.With(("SIDECAR_CONFIG_FILE", file)));

        // The host of .NET, when the tree lies in a directory such as /root.
        var isHidden = ended.Errors.StartsWith("Failed to resolve full path of the current executable", StringComparison.Ordinal);
        Assert.SkipWhen(
            isHidden || ended.Errors.Contains("Permission denied", StringComparison.Ordinal),
            "Another user may not read the build.");
        return ended.Errors;
    }
}
