using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>One static file for every Linux image.</summary>
public sealed class AnyImageTests : LauncherTest
{
    [Fact]
    public async Task It_runs_where_there_is_nothing_but_itself()
    {
        Assert.SkipUnless(Tools.Has("chroot") && Environment.UserName == "root", "chroot needs root");
        File.Copy(Program, Path.Combine(Folder, "credential-launch"));
        File.Copy(Program, Path.Combine(Folder, "program"));

        string[] words = [Folder, "/credential-launch", "--destination", "reports", "--", "/program", "--version"];
        var version = await RunAsync(Start("chroot", NoWait, words));
        var waited = await RunAsync(Start("chroot", [], Folder, "/credential-launch", "--port", "1", "--wait", "100ms", "/program"));
        var absent = await RunAsync(Start("chroot", [], Folder, "/credential-launch", "sh"));

        Assert.Matches("^credential-launch [0-9.]+\n$", version.Output);
        Assert.Equal((0, 75, 127), (version.Code, waited.Code, absent.Code));
    }

    [Fact]
    public void It_is_small() => Assert.InRange(new FileInfo(Program).Length, 1, 4_000_000);
}
