using System.Net.Sockets;
using System.Runtime.Versioning;
using CredentialSidecar.Commands;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Endpoint;
using CredentialSidecar.Health;
using CredentialSidecar.Networking;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>Commands reach the sidecar whose directory they share, and no other user does. On real sockets.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlTests : IDisposable
{
    private const uint Other = 4711;

    private readonly string _directory = Directory.CreateTempSubdirectory("control-").FullName;

    private string Socket => Path.Combine(_directory, "control.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_socket_is_for_its_own_user_alone_and_leaves_no_other_file()
    {
        await using var sidecar = await StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));
        Assert.Equal([Socket], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task The_socket_is_gone_after_an_orderly_end()
    {
        await using (var sidecar = await StartAsync())
        {
            await sidecar.StopAsync();
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public async Task Status_is_a_table_or_the_JSON_of_the_health_port()
    {
        await using var sidecar = await StartAsync();
        var (code, table, _) = await RunAsync(StatusCommand.Name);

        Assert.Equal(0, code);
        Assert.Matches(@"^DESTINATION  STATE  TIME LEFT +NEXT RENEWAL +LAST FAILURE\nreports      live   [0-9]+ .+  in [0-9]+ .+  -\n$",
            table);
        var json = sidecar.Services.GetRequiredService<StatusReport>().ReadJson() + "\n";
        Assert.Equal(json, (await RunAsync(StatusCommand.Name, StatusCommand.Json)).Output);
    }

    [Fact]
    public async Task Rotation_replaces_generated_tokens_and_names_those_that_stay()
    {
        var own = Directory.CreateDirectory(Path.Combine(_directory, "made")).FullName;
        await using var sidecar = await StartAsync(
            ("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_Control__Directory", null),
            ("SIDECAR_Access__Clients__made__SharedDirectory", own), ("SIDECAR_Access__Clients__made__Destinations__0", "reports"));
        var file = Path.Combine(own, "token");
        var former = File.ReadAllText(file);

        // By the directory that siblings mount, which is where the socket is by default.
        var (code, text, _) = await RunAsync(
            RotateCommand.Name, null, ("SIDECAR_SHARED_DIR", _directory), ("SIDECAR_Control__Directory", null));

        Assert.Equal(0, code);
        Assert.Equal("""
            This client has a new token: made. The former one is valid for 1h.
            This client keeps its configured token: default (SIDECAR_TOKEN). Change it there.

            """, text);
        Assert.NotEqual(former, File.ReadAllText(file));
    }

    [Fact]
    public async Task Without_a_directory_the_command_says_what_to_set()
    {
        const string expected = "credential-sidecar: no control socket is configured. "
            + "Set SIDECAR_SHARED_DIR or SIDECAR_Control__Directory, for the sidecar and for this command.\n";
        Assert.Equal((69, "", expected), await RunAsync(RotateCommand.Name, null, ("SIDECAR_Control__Directory", null)));
        Assert.Equal(78, (await RunAsync(RotateCommand.Name, null, ("SIDECAR_Control__Directory", "relative"))).Code);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_said_and_the_next_start_replaces_it()
    {
        var expected = $"credential-sidecar: no sidecar answers at {Socket}. "
            + "Run this command in the sidecar's container, with the sidecar's environment.\n";
        Assert.Equal((69, "", expected), await RunAsync(StatusCommand.Name));

        using (var former = SocketFile.Open(Socket, SocketFile.Owner, 16))
        {
            Assert.True(File.Exists(Socket));
        }

        Assert.True(File.Exists(Socket), "a sidecar that was killed leaves its socket");
        Assert.Equal(expected, (await RunAsync(StatusCommand.Name)).Error);

        await using var sidecar = await StartAsync();
        Assert.Equal(0, (await RunAsync(StatusCommand.Name)).Code);
    }

    [Fact]
    public async Task A_second_sidecar_leaves_the_socket_to_the_first_one_and_says_so()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync([.. Settings.NoReports, .. Settings.Destination("other", Settings.ReportsRole)]);

        Assert.Single(second.Logs.Lines, line =>
            line.Event.Id == 405 && line.Text.Contains("another sidecar answers there", StringComparison.Ordinal));
        Assert.DoesNotContain(first.Logs.Lines, line => line.Event.Id == 405);
        Assert.Contains("reports", (await RunAsync(StatusCommand.Name)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_sockets_place_stays_and_the_sidecar_serves_without_the_socket()
    {
        await File.WriteAllTextAsync(Socket, "mine", TestContext.Current.CancellationToken);
        await using var sidecar = await StartAsync();

        Assert.Single(sidecar.Logs.Lines, line =>
            line.Event.Id == 405 && line.Text.Contains("it is not a socket", StringComparison.Ordinal));
        Assert.Equal("mine", File.ReadAllText(Socket));
        Assert.Equal(200,
            (int)(await sidecar.Client.GetAsync("/v1/credentials/reports", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Another_user_may_not_open_the_socket_and_gets_no_answer_where_it_could()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"),
            "Running as another user takes root and setpriv.");
        await using var sidecar = await StartAsync();
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);
        var closed = $"credential-sidecar: uid {Other} may not open {Socket}. Run this command as the sidecar's uid or as root.";
        Assert.Equal((69, closed), await RunAsOtherAsync());

        File.SetUnixFileMode(Socket, (UnixFileMode)0b110_110_110);
        var ended = $"credential-sidecar: the sidecar at {Socket} closed the connection without an answer. "
            + $"It accepts commands from its own uid and from root; this command runs as uid {Other}.";
        Assert.Equal((69, ended), await RunAsOtherAsync());
        Assert.Equal((69, ended), await RunAsOtherAsync());
        Assert.Single(sidecar.Logs.Lines, line =>
            line.Event.Id == 406 && line.Text.Contains($"uid {Other} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_sends_nothing_to_another_users_program()
    {
        using var stranger = SocketFile.Open(Socket, SocketFile.Owner, 16);
        var accepted = stranger.AcceptAsync(TestContext.Current.CancellationToken);
        var client = new ControlClient(new ControlSettings(Socket, "Control:Directory"), _ => Other, ControlClient.Limit);
        var refused = await Assert.ThrowsAsync<ControlException>(() =>
            client.AskAsync(StatusCommand.Name, null, TestContext.Current.CancellationToken));

        Assert.Equal($"the program that listens at {Socket} runs as uid {Other}, and not as root or uid {Libc.EffectiveUid()}; "
            + "this command sent nothing to it. Run the command as the sidecar's uid.", refused.Message);
        using var connection = await accepted;
        Assert.Equal(0, await connection.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Root_trusts_the_owner_of_the_directory()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "A directory of another user takes root.");
        Assert.False(ControlTrust.Accepts(Other, Socket));
        Assert.Equal(0, (await ChildProcess.RunAsync("chown", [$"{Other}", _directory], CleanEnvironment.With())).Code);
        Assert.True(ControlTrust.Accepts(Other, Socket));
        Assert.False(ControlTrust.Accepts(Other + 1, Socket));
    }

    [Fact]
    public async Task A_sidecar_that_does_not_answer_ends_the_command_after_its_limit()
    {
        using var mute = SocketFile.Open(Socket, SocketFile.Owner, 16);
        var client = new ControlClient(new ControlSettings(Socket, "Control:Directory"), UnixPeer.UidOf, TimeSpan.FromSeconds(1));
        var late = await Assert.ThrowsAsync<ControlException>(() =>
            client.AskAsync(StatusCommand.Name, null, TestContext.Current.CancellationToken));

        Assert.Equal($"the sidecar at {Socket} did not answer within 1 s. Look at its log.", late.Message);
    }

    [Fact]
    public async Task A_command_that_the_sidecar_does_not_know_is_said_with_those_it_knows()
    {
        await using var sidecar = await StartAsync();
        var (code, _, error) = await RunAsync("nonsense");

        Assert.Equal(69, code);
        Assert.Equal($"credential-sidecar: the program at {Socket} answered 404: "
            + "This sidecar does not have that command. Commands: healthcheck, renew, rotate-tokens, status.\n", error);
    }

    private async Task<SidecarFixture> StartAsync(params IEnumerable<(string, string?)> changes)
    {
        var sidecar = await SidecarFixture.StartAsync(null, [("SIDECAR_Control__Directory", _directory), .. changes]);
        await sidecar.SettleAsync();
        return sidecar;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(
        string command, string? argument = null, params IEnumerable<(string, string?)> changes) =>
        ControlRun.RunAsync(command, argument, [("SIDECAR_Control__Directory", _directory), .. changes]);

    private async Task<(int, string)> RunAsOtherAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "credential-sidecar");
        var ended = await ChildProcess.RunAsync("setpriv",
            ["--reuid", $"{Other}", "--regid", $"{Other}", "--clear-groups", "--bounding-set=-all", program, StatusCommand.Name],
            CleanEnvironment.With(("SIDECAR_Control__Directory", _directory)));
        return (ended.Code, ended.Errors);
    }
}
