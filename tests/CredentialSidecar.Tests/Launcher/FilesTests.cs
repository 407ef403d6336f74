using System.Runtime.InteropServices;
using CredentialSidecar.Launcher.Native;
using CredentialSidecar.Launcher.Tokens;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>A token file is a small regular file, and nothing in its place makes the launcher wait.</summary>
public sealed class FilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_FIFO_in_place_of_a_token_file_is_told_at_once()
    {
        var fifo = Path.Combine(_folder, "token");
        Assert.Equal(0, MakeFifo(fifo, 0x1B6));

        Assert.Equal("it is a FIFO, not a regular file", Files.Read(fifo).Trouble);
    }

    [Theory]
    [InlineData("/", "a directory")]
    [InlineData("/dev/zero", "a device")]
    public void Only_a_regular_file_is_read(string path, string kind) =>
        Assert.Equal((null, $"it is {kind}, not a regular file"), (Files.Read(path).Text, Files.Read(path).Trouble));

    [Fact]
    public void A_file_is_read_up_to_64_KiB()
    {
        var path = Path.Combine(_folder, "token");
        File.WriteAllText(path, new string('x', 65536));
        Assert.Equal(65536, Files.Read(path).Text?.Length);
        File.AppendAllText(path, "x");

        Assert.Equal((null, "it is longer than 64 KiB"), (Files.Read(path).Text, Files.Read(path).Trouble));
        Assert.True(Files.Read(path + "-gone").Missing);
    }

    [Theory]
    [InlineData(0b100_100_100, 0)]
    [InlineData(0b110_110_000, 1)]
    [InlineData(0b110_000_010, 1)]
    public void The_owner_of_the_file_beside_the_launcher_is_known_and_a_file_that_others_may_change_is_warned_about_once(
        int bits, int warnings)
    {
        var warned = new List<string>();
        var path = Path.Combine(_folder, "token");
        File.WriteAllText(path, "5f1c9e7a");
        Assert.Equal(0, ChangeMode(path, bits));
        var beside = new BesideFile(path, Files.Read, warned.Add);

        Assert.All((uint?[])[beside.Owner(), beside.Owner()], owner => Assert.Equal((uint?)ListenersTests.OwnUid, owner));
        Assert.Equal(warnings, warned.Count);
        Assert.Null(new BesideFile(path + "-gone", Files.Read, warned.Add).Owner());
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo(string path, int mode);

    [DllImport("libc", EntryPoint = "chmod")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeMode(string path, int mode);
}
