using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>What may lie in the place of a token file without making the launcher hang.</summary>
public sealed class TokenFileTests : LauncherTest
{
    [Theory]
    [InlineData("30s")]
    [InlineData("0")]
    public async Task A_FIFO_in_place_of_a_named_token_file_ends_with_78_at_once(string wait)
    {
        var fifo = await FifoAsync("named");
        var ended = await RunAsync([], "--port", "1", "--wait", wait, "--token-file", fifo, "--", "echo", "started");

        Assert.Equal((78, ""), (ended.Code, ended.Output));
        Assert.Contains($"The token file {fifo} cannot be used: it is a FIFO, not a regular file", ended.Error, StringComparison.Ordinal);
        Assert.InRange(ended.Took.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task A_FIFO_beside_the_launcher_ends_with_78_at_once()
    {
        var copy = Path.Combine(Folder, "credential-launch");
        File.Copy(Program, copy);
        await FifoAsync("token");
        var ended = await RunAsync(Start(copy, [], "--port", "1", "--", "echo", "started"));

        Assert.Equal((78, ""), (ended.Code, ended.Output));
        Assert.InRange(ended.Took.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task A_FIFO_that_the_environment_names_is_not_read()
    {
        var fifo = await FifoAsync("set");
        var ended = await RunAsync(
            [.. NoWait, "CREDENTIAL_LAUNCH_TOKEN=5f1c9e7a", $"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={fifo}"],
            "--port", "1", "--", "echo", "started");

        Assert.Equal((0, "started\n"), (ended.Code, ended.Output));
    }

    [Fact]
    public async Task A_token_file_beside_the_launcher_that_others_may_change_is_warned_about()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the owner is changed by root");
        var copy = Path.Combine(Folder, "credential-launch");
        File.Copy(Program, copy);
        var token = Write("token", "5f1c9e7a");
        Assert.Equal(0, (await ChildProcess.RunAsync("chmod", ["666", token], CleanEnvironment.With())).Code);
        var ended = await RunAsync(Start(copy, [.. NoWait, "CREDENTIAL_LAUNCH_SIDECAR_UID="], "--port", "1", "--", "echo", "started"));

        Assert.Equal((0, "started\n"), (ended.Code, ended.Output));
        Assert.Equal(
            $"credential-launch: {token} is writable by its group or by others, who can change the token; make its mode 0444.\n",
            ended.Error);
    }

    private async Task<string> FifoAsync(string name)
    {
        var path = Path.Combine(Folder, name);
        Assert.Equal(0, (await ChildProcess.RunAsync("mkfifo", [path], CleanEnvironment.With())).Code);
        return path;
    }
}
