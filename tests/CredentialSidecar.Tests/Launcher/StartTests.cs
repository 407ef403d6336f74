extern alias launcher;

using CredentialSidecar.Launcher.Starting;
using Xunit;
using Errno = launcher::CredentialSidecar.Shared.Native.Errno;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Finding a program as a shell does.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("app", "/a:/b", "/a/app /b/app")]
    [InlineData("app", ":/b:", "./app /b/app ./app")]
    [InlineData("app", "", "./app")]
    [InlineData("./app", "/a", "./app")]
    [InlineData("dir/app", "/a", "dir/app")]
    [InlineData("/app", null, "/app")]
    [InlineData("", "/a", "")]
    public void PATH_is_searched_in_order(string name, string? path, string candidates) =>
        Assert.Equal(candidates, string.Join(' ', SearchPath.Candidates(name, path)));

    [Fact]
    public void Without_PATH_the_usual_folders_are_searched() => Assert.Contains("/usr/bin/app", SearchPath.Candidates("app", null));

    [Theory]
    [InlineData(null, Errno.NoEntry, 127, "app was not found")]
    [InlineData("/bin/app", Errno.NoEntry, 127, "interpreter or loader")]
    [InlineData("/bin/app", Errno.Access, 126, "permission to execute")]
    [InlineData("/bin/app", Errno.ExecFormat, 126, "another kind of machine")]
    [InlineData("/bin/app", 7, 126, "Argument list too long")]
    public void What_cannot_be_run_ends_as_in_a_shell(string? found, int error, int exitCode, string words)
    {
        var mistake = StartFailure.Explain("app", found, error, "Argument list too long");

        Assert.Equal(exitCode, mistake.ExitCode);
        Assert.Contains(words, mistake.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.NoEntry, true)]
    [InlineData(Errno.NotDirectory, true)]
    [InlineData(Errno.Access, true)]
    [InlineData(Errno.ExecFormat, false)]
    [InlineData(7, false)]
    public void Only_what_a_later_folder_may_mend_goes_on(int error, bool looksOn) => Assert.Equal(looksOn, StartFailure.LooksOn(error));
}
