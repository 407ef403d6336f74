using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>Another user holds the sidecar's port: the token is not sent, and the program does not start.</summary>
public sealed class SquatterTests : LauncherTest
{
    private const string Token = "CREDENTIAL_LAUNCH_TOKEN=5f1c9e7a2b8d4036";

    [Theory]
    [InlineData("20s")]
    [InlineData("0")]
    public async Task A_squatter_gets_no_token_and_the_launcher_ends_with_77(string wait)
    {
        Squatter.SkipUnlessPossible();
        var port = FreePort.Find();
        await using var squatter = await Squatter.StartAsync(port);

        var ended = await AskAsync(port, wait, "9170");

        Assert.Equal((77, ""), (ended.Code, ended.Output));
        Assert.StartsWith(
            $"credential-launch: Port {port} of 127.0.0.1 is held by uid {Squatter.Uid}; " +
            "expected the sidecar's uid 9170 (--sidecar-uid). Nothing was sent.",
            ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.TrimEnd().Split('\n'));
        Assert.Empty(squatter.Harvest);
        Assert.InRange(ended.Took.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task A_squatter_who_comes_after_the_sidecar_has_answered_gets_no_token_either()
    {
        Squatter.SkipUnlessPossible();
        var sidecar = RawServer.Http(503, "{}");
        var port = sidecar.Uri.Port;
        var running = AskAsync(port, "20s", $"{Tools.Uid}");
        await Eventually.HoldsAsync(() => Task.FromResult(sidecar.Requests > 0), () => "it did not ask");
        await sidecar.DisposeAsync();
        await using var squatter = await Squatter.StartAsync(port);

        Assert.Equal((77, ""), ((await running).Code, (await running).Output));
        Assert.Empty(squatter.Harvest);
    }

    // As of a sidecar that answered, ended, and whose port somebody else took before the program started.
    [Fact]
    public async Task A_squatter_who_comes_after_the_credentials_keeps_the_program_from_starting()
    {
        Squatter.SkipUnlessPossible();
        Squatter? squatter = null;
        RawServer? sidecar = null;
        var taken = new TaskCompletionSource();
        sidecar = RawServer.Custom(async (_, stream, stop) =>
        {
            var port = sidecar!.Uri.Port;
            sidecar.StopListening();
            squatter = await Squatter.StartAsync(port);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{\"AccessKeyId\":\"ASIA\"}"u8.ToArray(), stop);
            taken.SetResult();
        });

        var ended = await AskAsync(sidecar.Uri.Port, "20s", $"{Tools.Uid}");
        await taken.Task;

        await using (squatter)
        {
            Assert.Equal((77, ""), (ended.Code, ended.Output));
            Assert.Empty(squatter!.Harvest);
        }

        await sidecar.DisposeAsync();
    }

    [Theory]
    [InlineData("7001")]
    [InlineData("any")]
    public async Task The_operator_may_name_that_user_or_switch_the_check_off(string uid)
    {
        Squatter.SkipUnlessPossible();
        var port = FreePort.Find();
        await using var squatter = await Squatter.StartAsync(port);

        Assert.Equal((0, "started\n", ""), Of(await AskAsync(port, "20s", uid)));
        Assert.Equal(["asked with 5f1c9e7a2b8d4036"], squatter.Harvest);
    }

    [Theory]
    [InlineData(Squatter.Uid, 0)]
    [InlineData(7002, 77)]
    [InlineData(null, 77)]
    public async Task Without_a_named_uid_the_owner_of_the_token_file_beside_the_launcher_decides_else_9170(int? owner, int code)
    {
        Squatter.SkipUnlessPossible();
        var (port, copy) = (FreePort.Find(), Path.Combine(Folder, "credential-launch"));
        File.Copy(Program, copy);

        if (owner is not null)
        {
            var changed = await ChildProcess.RunAsync("chown", [$"{owner}", Write("token", "5f1c9e7a2b8d4036")], CleanEnvironment.With());
            Assert.True(changed.Code == 0, changed.ToString());
        }

        await using var squatter = await Squatter.StartAsync(port);
        var ended = await RunAsync(Start(copy, [Token, "CREDENTIAL_LAUNCH_SIDECAR_UID="], "--port", $"{port}", "--", "echo", "started"));

        Assert.Equal(code, ended.Code);
        Assert.Equal(code == 0, squatter.Harvest.Count > 0);
        var expected = owner is null ? "9170 (the default)" : "7002 (the owner of the token file";
        Assert.Equal(code == 77, ended.Error.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_without_a_number_in_this_user_namespace_is_warned_about_in_one_line()
    {
        Squatter.SkipUnlessPossible();
        var port = FreePort.Find();
        await using var sidecar = await Squatter.StartAsync(port);

        var ended = await RunAsync(Start(
            "unshare", [Token, "CREDENTIAL_LAUNCH_SIDECAR_UID=9170"],
            "--user", "--map-root-user", Program, "--port", $"{port}", "--", "echo", "started"));
        Assert.SkipWhen(ended.Error.StartsWith("unshare:", StringComparison.Ordinal), ended.Error);

        Assert.Equal((0, "started\n"), (ended.Code, ended.Output));
        Assert.StartsWith(
            $"credential-launch: Cannot tell which user listens on 127.0.0.1:{port}: ",
            Assert.Single(ended.Error.TrimEnd().Split('\n')),
            StringComparison.Ordinal);
    }

    private static (int, string, string) Of(Ended ended) => (ended.Code, ended.Output, ended.Error);

    private Task<Ended> AskAsync(int port, string wait, string uid) => RunAsync(
        [Token, $"CREDENTIAL_LAUNCH_SIDECAR_UID={uid}"],
        "--port", $"{port}", "--wait", wait, "--sidecar-uid", uid, "--", "echo", "started");
}
