using CredentialSidecar.Access;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Access;

/// <summary>The directory that siblings mount: a token they can send, and the launcher.</summary>
public sealed class SharedDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shared-").FullName;

    private string TokenFile => Path.Combine(_directory, "token");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void R12_A_token_of_256_bits_is_generated_without_a_newline_and_readable_by_every_uid()
    {
        var token = Install().Token!;

        Assert.Equal(64, token.Length);
        Assert.Equal(token, File.ReadAllText(TokenFile));
        Assert.Equal("r--r--r--", Mode(TokenFile));

        File.Delete(TokenFile);
        Assert.NotEqual(token, Install().Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef\n")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcd\u00e9\u00e9")]
    public void A_token_that_SDKs_cannot_send_or_that_can_be_guessed_is_replaced(string found)
    {
        File.WriteAllText(TokenFile, found);
        Assert.Equal(64, Install().Token!.Length);
        Assert.Equal(64, File.ReadAllText(TokenFile).Length);
    }

    [Fact]
    public void A_link_to_somebody_elses_file_is_not_believed_and_not_written_through()
    {
        var other = Path.Combine(_directory, "other");
        File.WriteAllText(other, new string('a', 64));
        File.CreateSymbolicLink(TokenFile, other);

        Assert.NotEqual(new string('a', 64), Install().Token);
        Assert.Equal(new string('a', 64), File.ReadAllText(other));
        Assert.Null(new FileInfo(TokenFile).LinkTarget);
    }

    [Fact]
    public void A_token_that_a_reader_has_locked_is_kept()
    {
        var token = Install().Token;
        using var locked = new FileStream(TokenFile, FileMode.Open, FileAccess.Read, FileShare.None);
        Assert.Equal(token, Settings.Install(Load(), "/nowhere", isRestart: true).Token);
    }

    [Theory]
    [InlineData("pipe", "is a pipe, a socket or a device instead of a regular file")]
    [InlineData("directory", "is a directory")]
    public async Task A_token_that_is_there_and_cannot_be_read_ends_the_start_and_stays(string kind, string problem)
    {
        if (kind == "pipe")
        {
            Fifo.Make(TokenFile);
        }
        else
        {
            Directory.CreateDirectory(TokenFile);
        }

        var mistakes = await Fifo.PromptlyAsync(TokenFile, () => Assert.Throws<ConfigurationMistakesException>(() => Install()).Mistakes);

        Assert.StartsWith(
            $"SIDECAR_SHARED_DIR is '{_directory}', where 'token' {problem}; siblings may still send its token",
            Assert.Single(mistakes).ToString(),
            StringComparison.Ordinal);
        Assert.Equal(["token"], Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName));
    }

    [Fact]
    public void A_found_token_that_others_can_change_is_kept_and_warned_of()
    {
        File.WriteAllText(TokenFile, new string('c', 64));

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(TokenFile, (UnixFileMode)0b110_110_110);
        }

        var findings = new Findings();

        Assert.Equal(new string('c', 64), Settings.Install(Load(), "/nowhere", isRestart: true, findings).Token);
        Assert.StartsWith("SIDECAR_SHARED_DIR names a file that every user can write", Assert.Single(findings.Warnings).ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_configured_token_is_what_siblings_find()
    {
        File.WriteAllText(TokenFile, new string('b', 64));
        Assert.Equal(Settings.Token, Install(("SIDECAR_TOKEN", Settings.Token)).Token);
        Assert.Equal(Settings.Token, File.ReadAllText(TokenFile));
    }

    [Fact]
    public void The_launcher_is_installed_executable_and_replaced_while_it_runs()
    {
        var launcher = Path.Combine(_directory, "new-launcher");
        File.WriteAllText(launcher, "#!/bin/sh\n");
        Settings.Install(Load(), launcher);
        using var running = File.OpenRead(Path.Combine(_directory, "credential-launch"));
        Settings.Install(Load(), launcher);

        Assert.Equal("r-xr-xr-x", Mode(Path.Combine(_directory, "credential-launch")));
        Assert.Equal(["credential-launch", "new-launcher", "token"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_launcher_for_siblings_is_the_copy_that_can_be_read()
    {
        var program = Directory.CreateDirectory(Path.Combine(_directory, "bin")).FullName;
        var share = Directory.CreateDirectory(Path.Combine(_directory, "share", "credential-sidecar")).FullName;
        Assert.Equal(Path.Combine(program, "credential-launch"), SharedDirectory.LauncherFor(program));

        File.WriteAllText(Path.Combine(share, "credential-launch"), "");
        Assert.Equal(Path.Combine(share, "credential-launch"), SharedDirectory.LauncherFor(program + "/"));
    }

    [Fact]
    public void Without_a_token_asked_for_none_is_put_there()
    {
        Assert.Null(Install(("SIDECAR_Access__AllowAnonymous", "true")).Token);
        Assert.False(File.Exists(TokenFile));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_a_mistake_with_path_uid_and_remedy()
    {
        var mistake = Assert.Single(Assert.Throws<ConfigurationMistakesException>(() =>
            Settings.Install(Load(("SIDECAR_SHARED_DIR", "/nowhere/at/all")), "/nowhere")).Mistakes).ToString();

        Assert.StartsWith("SIDECAR_SHARED_DIR is '/nowhere/at/all', which uid ", mistake, StringComparison.Ordinal);
        Assert.Contains("it does not exist", mistake, StringComparison.Ordinal);
        Assert.Contains("fsGroup", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_directory_is_a_mistake() =>
        Assert.Contains(
            "expected an absolute path",
            Assert.Throws<ConfigurationMistakesException>(() => Load(("SIDECAR_SHARED_DIR", "shared"))).Message,
            StringComparison.Ordinal);

    private static string Mode(string file)
    {
        var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file);
        return string.Concat("rwxrwxrwx".Select((c, i) => mode.HasFlag((UnixFileMode)(1 << (8 - i))) ? c : '-'));
    }

    private SidecarSettings Load(params IEnumerable<(string, string?)> changes) =>
        Settings.Load([("SIDECAR_TOKEN", null), ("SIDECAR_SHARED_DIR", _directory), .. changes]);

    private SidecarSettings Install(params IEnumerable<(string, string?)> changes) => Settings.Install(Load(changes), "/nowhere");
}
