using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Conformance.Forwarding;

/// <summary>credential-launch --forward: a program in another network namespace, and the forwarder beside it.</summary>
public sealed class ForwardTests : IAsyncLifetime
{
    // Waits without an end: a program that the forwarder were a child of would never return.
    private const string Waiting = """
        import os, signal, time
        def wait():
            try:
                os.wait()
            except ChildProcessError:
                print("no child")
        wait()
        forwarder = int(open("/proc/self/task/%d/children" % os.getpid()).read().split()[0])
        os.kill(forwarder, signal.SIGKILL)
        while open("/proc/%d/stat" % forwarder).read().split()[2] != "Z":
            time.sleep(0.01)
        wait()
        """;

    // The shell itself reads it, and so has no other child.
    private const string Children = "read -r c < /proc/$$/task/$$/children; echo $c";

    private ForwardTask _task = null!;

    public async ValueTask InitializeAsync() => _task = await ForwardTask.StartAsync();

    public ValueTask DisposeAsync() => _task.DisposeAsync();

    [Fact]
    public async Task A_program_in_another_network_is_served_by_its_own_loopback()
    {
        var ended = await _task.LaunchAsync($"echo $AWS_CONTAINER_CREDENTIALS_FULL_URI; {ForwardTask.Ask}");

        Assert.True(ended.Code == 0, ended.ToString());
        var lines = ended.Output.Split('\n');
        Assert.Equal("http://127.0.0.1:9170/v1/credentials", lines[0]);
        Assert.Equal("arn:aws:iam::555566667777:role/reports", JsonNode.Parse(lines[1])!["RoleArn"]!.GetValue<string>());
    }

    [Fact]
    public async Task Many_connections_at_once_are_all_answered()
    {
        var ended = await _task.LaunchAsync($"for i in $(seq 150); do {ForwardTask.Ask} -o /dev/null -w '%{{http_code}}\\n' & done; wait");

        Assert.Equal(150, ended.Output.Split('\n').Count(line => line == "200"));
    }

    [Fact]
    public async Task The_program_does_not_wait_for_the_forwarder_as_for_a_child_of_its_own()
    {
        var ended = await _task.RunAsync(null, _task.Launcher, "--forward", "--", "/usr/bin/python3", "-c", Waiting);

        Assert.Equal((0, "no child\nno child"), (ended.Code, ended.Output));
    }

    [Fact]
    public async Task The_forwarder_ends_with_the_program_and_not_before()
    {
        // The signal is for the whole group, as from a terminal. The group must not be that of the tests.
        var ended = await _task.RunAsync(null, "setsid", "--wait", _task.Launcher, "--forward", "--", "sh", "-c",
            $"trap '' TERM; {Children}; kill -TERM 0; {ForwardTask.Ask} -o /dev/null -w '%{{http_code}}'");

        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("200", lines[1]);
        var forwarder = lines[0].Trim();
        await Eventually.HoldsAsync(() => IsGone(forwarder), () => $"the forwarder {forwarder} goes on");
    }

    [Fact]
    public async Task The_forwarder_holds_no_secret_and_no_descriptor_of_the_program()
    {
        const string canary = "c4n4ry-9f3e77ab";
        await using var program = _task.Start(null, "sh", "-c",
            $"exec 7</etc/hostname; OTHER={canary} exec {_task.Launcher} --forward -- "
                + $"sh -c '{Children}; {ForwardTask.Ask}; echo; sleep 60; : {canary}'");
        var forwarder = (await program.LineAsync(line => line.Length > 0)).Trim();
        var served = JsonNode.Parse(await program.LineAsync(line => line.StartsWith('{')))!;
        var memory = ProcessMemoryDump.Of(forwarder);

        Assert.True(memory.Length > 100_000, "its memory was read");
        Assert.False(memory.Contains(canary), "a variable or an argument is in its memory");
        Assert.False(memory.Contains(_task.Sidecar.Token), "the token is in its memory");
        Assert.False(memory.Contains(served["SecretAccessKey"]!.GetValue<string>()), "a secret key that it forwarded is in its memory");
        Assert.Equal(5, Directory.GetFileSystemEntries($"/proc/{forwarder}/fd").Length);
        var line = await File.ReadAllTextAsync($"/proc/{forwarder}/cmdline", TestContext.Current.CancellationToken);
        Assert.StartsWith("credential-forward\0", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_the_sidecar_is_told_and_then_over()
    {
        await using var program = _task.Start(null, _task.Launcher, "--forward", "--", "sh", "-c",
            $"while :; do {ForwardTask.Ask} -w ' %{{http_code}}\\n'; sleep 0.1; done");
        await program.LineAsync(line => line.EndsWith(" 200", StringComparison.Ordinal));
        _task.Sidecar.Signal(9);
        await _task.Sidecar.ExitAsync();

        var told = await program.LineAsync(line => line.EndsWith(" 503", StringComparison.Ordinal));
        Assert.Contains("Nothing listens on the sidecar's Unix socket: the sidecar does not run.", told, StringComparison.Ordinal);

        await _task.Sidecar.DisposeAsync();
        await _task.StartSidecarAsync();
        var before = program.Output.Count;
        await Eventually.HoldsAsync(() => program.Output.Skip(before).Any(line => line.EndsWith(" 200", StringComparison.Ordinal)),
            () => string.Join('\n', program.Output));
    }

    [Fact]
    public async Task Another_users_program_on_the_socket_gets_nothing_and_the_launcher_ends_with_77()
    {
        var squatted = Path.Combine(_task.Shared, "squatted.sock");
        await using var squatter = _task.Start(7001, "/usr/bin/python3", "-c",
            $"import socket, os\ns = socket.socket(socket.AF_UNIX)\ns.bind('/tmp/squatted-{Environment.ProcessId}')\ns.listen()\n"
                + "print('ready', flush=True)\nc, _ = s.accept()\nprint('got', c.recv(100), flush=True)\ninput()");
        await squatter.LineAsync(line => line == "ready");
        File.CreateSymbolicLink(squatted, $"/tmp/squatted-{Environment.ProcessId}");
        Assert.Equal(0, (await ChildProcess.RunAsync("chmod", ["777", squatted], CleanEnvironment.With())).Code);

        var ended = await _task.LaunchAsync("echo started", null, "--socket", squatted);

        Assert.Equal((77, ""), (ended.Code, ended.Output));
        Assert.Contains("NotForwarded: Another user's program than the expected sidecar listens on the Unix socket.", ended.Errors,
            StringComparison.Ordinal);
        Assert.Equal("got b''", await squatter.LineAsync(line => line.StartsWith("got", StringComparison.Ordinal)));
        File.Delete($"/tmp/squatted-{Environment.ProcessId}");
    }

    [Fact]
    public async Task A_missing_socket_is_told()
    {
        var ended = await _task.LaunchAsync("true", null, "--socket", "/tmp/nowhere.sock", "--wait", "1s");

        Assert.Equal(75, ended.Code);
        Assert.Contains("The sidecar's Unix socket is missing: the sidecar does not run, its Listen:Socket is not true", ended.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_users_program_on_the_port_is_told_and_gets_nothing()
    {
        await using var squatter = _task.Start(7001, "/usr/bin/python3", "-c",
            "import socket, time\ns = socket.socket(); s.bind(('127.0.0.1', 9170)); s.listen()\n"
                + "print('ready', flush=True); time.sleep(60)");
        await squatter.LineAsync(line => line == "ready");
        var ended = await _task.LaunchAsync("true");

        Assert.Equal(69, ended.Code);
        Assert.Contains("cannot listen on 127.0.0.1:9170, because another program does; choose another port by --port.", ended.Errors,
            StringComparison.Ordinal);
    }

    /// <summary>As a person does it in a shell of ECS Exec.</summary>
    [Fact]
    public async Task A_second_launcher_in_the_container_uses_the_forwarder_that_runs()
    {
        var ended = await _task.LaunchAsync($"{_task.Launcher} --forward -- sh -c '{ForwardTask.Ask}'");

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("AccessKeyId", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ulimit -n 20")]
    [InlineData("ulimit -s 128")]
    [InlineData("exec 0<&-")]
    [InlineData("exec 0<&- 2>&-")]
    public async Task It_works_in_odd_surroundings(string surroundings)
    {
        var script = $"{surroundings}; exec {_task.Launcher} --forward --wait 5s -- sh -c '{ForwardTask.Ask}'";
        var ended = await _task.RunAsync(null, "sh", "-c", script);

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("AccessKeyId", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_connections_in_every_place_make_room_for_a_new_one()
    {
        var ended = await _task.RunAsync(null, _task.Launcher, "--forward", "--", "/usr/bin/python3", "-c", """
            import http.client, os, time
            token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
            def ask(connection):
                connection.request("GET", "/v1/credentials", headers={"Authorization": token})
                answer = connection.getresponse(); answer.read()
                return answer.status
            pool = [http.client.HTTPConnection("127.0.0.1", 9170) for _ in range(64)]
            print(set(ask(one) for one in pool))
            before = time.monotonic()
            print(ask(http.client.HTTPConnection("127.0.0.1", 9170, timeout=20)), time.monotonic() - before < 10)
            """);

        Assert.Equal("{200}\n200 True", ended.Output);
    }

    [Fact]
    public async Task An_answer_before_the_end_of_the_request_arrives()
    {
        var ended = await _task.RunAsync(null, _task.Launcher, "--forward", "--", "/usr/bin/python3", "-c", """
            import socket
            s = socket.create_connection(("127.0.0.1", 9170))
            headers = b"".join(b"X-%d: %s\r\n" % (i, b"x" * 1000) for i in range(200))
            try: s.sendall(b"GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers)
            except OSError: pass
            print(s.recv(12))
            """);

        Assert.Equal("b'HTTP/1.1 431'", ended.Output);
    }

    [Fact]
    public async Task A_connection_that_is_closed_at_once_is_no_news()
    {
        await using var program = _task.Start(null, _task.Launcher, "--forward", "--", "/usr/bin/python3", "-c",
            "import socket\nfor i in range(20): socket.create_connection(('127.0.0.1', 9170)).close()\n"
                + "print('done', flush=True); input()");
        await program.LineAsync(line => line == "done");

        Assert.DoesNotContain(program.Errors, line => line.Contains("Not forwarded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_prints_credentials_beside_a_running_forwarder()
    {
        var ended = await _task.LaunchAsync($"{_task.Launcher} --get --forward");

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Equal(1, JsonNode.Parse(ended.Output)!["Version"]!.GetValue<int>());
    }

    [Fact]
    public async Task It_works_where_the_launcher_is_the_first_process()
    {
        Assert.SkipUnless(Tools.Has("unshare"), "unshare is not installed: apt-get install -y --no-install-recommends util-linux");
        var ended = await _task.RunAsync(null, "unshare", "--pid", "--fork", "--mount-proc", _task.Launcher, "--forward", "--", "sh", "-c",
            $"echo $$; {ForwardTask.Ask} -o /dev/null -w '%{{http_code}}'");

        Assert.Equal("1\n200", ended.Output);
    }

    private static bool IsGone(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(' ')[2] == "Z";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
