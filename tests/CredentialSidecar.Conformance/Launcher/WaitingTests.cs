using System.Text;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>Waiting for a sidecar that is late, absent, wrong or of another opinion.</summary>
public sealed class WaitingTests : LauncherTest
{
    private const string Credentials =
        """{"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"secret-5f1c","Token":"t","Expiration":"2030-01-01T00:00:00Z"}""";

    [Fact]
    public async Task Nobody_there_is_told_with_75_at_the_bound()
    {
        var ended = await RunAsync([], "--port", "1", "--wait", "1s", "--", "echo", "started");

        Assert.Equal((75, ""), (ended.Code, ended.Output));
        Assert.Matches(
            "^credential-launch: No credentials from http://127.0.0.1:1/v1/credentials within 1s: " +
            "Connection refused. Does the sidecar run.*\n$",
            ended.Error);
        Assert.InRange(ended.Took.TotalSeconds, 0.8, 30);
    }

    [Fact]
    public async Task One_that_never_answers_is_told_with_75_at_the_bound()
    {
        await using var server = RawServer.Custom((_, _, stop) => Task.Delay(Timeout.Infinite, stop));
        var ended = await AskAsync(server, "1500ms");

        Assert.Equal(75, ended.Code);
        Assert.Contains("no answer within a second", ended.Error, StringComparison.Ordinal);
        Assert.InRange(ended.Took.TotalSeconds, 1.3, 30);
    }

    [Fact]
    public async Task A_wrong_token_ends_at_once_with_77_and_the_sidecars_words()
    {
        const string Wrong = """{"code":"Unauthorized","message":"The authorization token is not the sidecar's."}""";
        await using var server = RawServer.Http(401, Wrong);
        var ended = await AskAsync(server, "20s", "CREDENTIAL_LAUNCH_TOKEN=wrong-5f1c");

        Assert.Equal((77, 1), (ended.Code, server.Requests));
        Assert.Contains(
            "Unauthorized: The authorization token is not the sidecar's. Give the launcher", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("5f1c", ended.Error, StringComparison.Ordinal);
        Assert.InRange(ended.Took.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task An_unknown_destination_ends_at_once_with_78()
    {
        await using var server = RawServer.Http(400, """{"code":"InvalidIdInRequest","message":"There is no destination of that name."}""");
        var ended = await AskAsync(server, "20s");

        Assert.Equal((78, 1), (ended.Code, server.Requests));
        Assert.Contains("no destination of that name", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_is_asked_again_until_it_heals_and_the_token_is_sent()
    {
        var asked = new List<string>();
        await using var server = RawServer.Custom((head, stream, stop) =>
        {
            asked.Add(head);
            var (status, body) = asked.Count switch { 1 => (503, "{}"), 2 => (403, "{}"), _ => (200, Credentials) };
            var answer = $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\n\r\n{body}";
            return stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stop).AsTask();
        });
        var ended = await AskAsync(server, "20s", "CREDENTIAL_LAUNCH_TOKEN=5f1c9e7a");

        Assert.Equal(("started\n", "", 0), (ended.Output, ended.Error, ended.Code));
        Assert.Equal(3, asked.Count);
        Assert.All(asked, head => Assert.Contains("GET /v1/credentials/reports HTTP/1.1\r\n", head, StringComparison.Ordinal));
        Assert.All(asked, head => Assert.Contains("\r\nAuthorization: 5f1c9e7a\r\n", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_denial_that_stays_is_told_with_77()
    {
        await using var server = RawServer.Http(403, """{"code":"AccessDenied","message":"STS denied the hop."}""");

        Assert.Equal(77, (await AskAsync(server, "500ms")).Code);
    }

    [Fact]
    public async Task A_token_file_that_comes_late_is_waited_for()
    {
        await using var server = RawServer.Http(200, Credentials);
        var file = Path.Combine(Folder, "token");
        var running = AskAsync(server, "20s", $"CREDENTIAL_LAUNCH_TOKEN_FILE={file}");
        await Task.Delay(400, TestContext.Current.CancellationToken);
        Assert.Equal(0, server.Requests);
        Write("late", "5f1c9e7a");
        File.Move(Path.Combine(Folder, "late"), file);

        Assert.Equal("started\n", (await running).Output);
    }

    [Fact]
    public async Task A_stop_ends_the_wait_even_for_pid_1()
    {
        Assert.SkipUnless(
            Tools.Has("unshare") && Environment.UserName == "root",
            "a pid namespace needs root and unshare: apt-get install -y --no-install-recommends util-linux");
        var ended = await ShellAsync(
            "unshare --pid --fork --kill-child \"$0\" --port 1 --wait 20s true & u=$!; sleep 1; " +
            "kill -TERM $(cat /proc/$u/task/$u/children); wait $u; echo $?");

        Assert.Equal("143\n", ended.Output);
        Assert.InRange(ended.Took.TotalSeconds, 1, 10);
    }

    [Theory]
    [InlineData(200, "", 0, "/healthz")]
    [InlineData(200, "--ready", 0, "/readyz")]
    [InlineData(503, "", 1, "/healthz")]
    public async Task The_probe_asks_the_health_port(int status, string flag, int code, string path)
    {
        var asked = "";
        await using var server = RawServer.Custom((head, stream, stop) =>
        {
            asked = head;
            return stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\n\r\nWaiting for reports.\n"), stop).AsTask();
        });
        string[] words = ["--check", .. flag.Length > 0 ? (string[])[flag] : []];
        var ended = await RunAsync([$"SIDECAR_HEALTH_PORT={server.Uri.Port}", "CREDENTIAL_LAUNCH_PORT=wrong"], words);

        Assert.Equal(code, ended.Code);
        Assert.StartsWith($"GET {path} HTTP/1.1\r\n", asked, StringComparison.Ordinal);
        Assert.Equal(code == 1, ended.Error.Contains("Waiting for reports.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_probe_fails_at_once_where_nobody_is()
    {
        var ended = await RunAsync([], "--check", "--health-port", "1");

        Assert.Equal(1, ended.Code);
        Assert.Contains("Connection refused", ended.Error, StringComparison.Ordinal);
        Assert.InRange(ended.Took.TotalSeconds, 0, 5);
    }

    private Task<Ended> AskAsync(RawServer server, string wait, params string[] variables) =>
        RunAsync(variables, "--destination", "reports", "--port", $"{server.Uri.Port}", "--wait", wait, "--", "echo", "started");
}
