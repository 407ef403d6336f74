using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>126 and 127, as in a shell, and a sentence with it.</summary>
public sealed class SearchTests : LauncherTest
{
    [Theory]
    [InlineData("no-such-program", 127, "was not found")]
    [InlineData("/no/such/program", 127, "was not found")]
    [InlineData("", 127, "was not found")]
    [InlineData("/etc/passwd", 126, "permission to execute")]
    [InlineData("/etc", 126, "directory")]
    public async Task What_cannot_be_run_ends_as_in_a_shell(string program, int code, string words)
    {
        var ended = await RunAsync(NoWait, "--", program);

        Assert.Equal(code, ended.Code);
        Assert.StartsWith("credential-launch: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(words, ended.Error, StringComparison.Ordinal);
        Assert.Equal(1, ended.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_missing_program_is_told_before_the_wait() =>
        Assert.Equal(127, (await RunAsync(["CREDENTIAL_LAUNCH_WAIT=20s"], "no-such-program")).Code);

    [Fact]
    public async Task A_script_without_a_first_line_is_run_by_sh()
    {
        Write("plain", "echo \"$0 $1\"\n", executable: true);
        var ended = await RunAsync([.. NoWait, $"PATH=/nowhere:{Folder}"], "plain", "a b");

        Assert.Equal($"{Folder}/plain a b\n", ended.Output);
    }

    [Fact]
    public async Task A_script_whose_interpreter_is_missing_is_told_apart()
    {
        var ended = await RunAsync(NoWait, Write("odd", "#!/no/such/interpreter\n", executable: true));

        Assert.Equal(127, ended.Code);
        Assert.Contains("interpreter or loader", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_for_another_machine_is_not_taken_for_a_script()
    {
        var ended = await RunAsync(NoWait, Write("alien", "\x7f" + "ELF echo", executable: true));

        Assert.Equal(126, ended.Code);
        Assert.Contains("another kind of machine", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_may_not_be_run_does_not_hide_one_further_on()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "first"));
        Directory.CreateDirectory(Path.Combine(Folder, "second"));
        Write("first/tool", "echo first\n");
        Write("second/tool", "#!/bin/sh\necho second\n", executable: true);

        Assert.Equal("second\n", (await RunAsync([.. NoWait, $"PATH={Folder}/first:{Folder}/second"], "tool")).Output);
        Assert.Equal(126, (await RunAsync([.. NoWait, $"PATH={Folder}/first"], "tool")).Code);
        Assert.Equal("second\n", (await RunAsync(NoWait, "./second/tool")).Output);
    }

    [Fact]
    public async Task An_empty_entry_of_PATH_is_the_current_folder()
    {
        Write("here", "#!/bin/sh\necho here\n", executable: true);

        Assert.Equal("here\n", (await RunAsync([.. NoWait, "PATH=/nowhere::"], "here")).Output);
    }
}
