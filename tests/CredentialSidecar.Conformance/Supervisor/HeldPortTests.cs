using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Supervisor;

/// <summary>The attack of a sibling that makes the sidecar crash, takes its port and collects tokens.</summary>
public sealed class HeldPortTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("held-").FullName;
    private EmulatorProcess? _emulator;

    public async ValueTask InitializeAsync() => _emulator = await EmulatorProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _emulator!.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task No_other_process_gets_the_port_of_a_server_that_was_killed_and_its_clients_are_served_by_the_next_one()
    {
        await using var task = await SupervisedTask.StartAsync(_emulator!, _directory);
        var (token, statuses, before) = (task.Token, new ConcurrentBag<int>(), task.Server);
        using var end = new CancellationTokenSource();
        var squatter = Task.Run(() => Squat(task.Port, end.Token), TestContext.Current.CancellationToken);
        var victim = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                statuses.Add(await task.AskAsync(token));
            }
        }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 3; i++)
        {
            await task.KillServerAsync();
            await task.ReadyAsync();
            Assert.Equal(200, await task.AskAsync(token));
        }

        await end.CancelAsync();
        await victim;
        var (tries, stolen) = await squatter;

        Assert.True(tries > 100, $"only {tries} tries");
        Assert.Equal(0, stolen);
        Assert.NotEqual(before, task.Server);
        Assert.Equal(token, task.Token);

        // Torn off with the old server, answered, or told to wait for the first session; never rejected, and never refused.
        Assert.Empty(statuses.Except([0, 200, 503]));
        var restarts = task.Supervisor.Errors
            .Count(line => line.Contains("the program ended by SIGKILL; restart ", StringComparison.Ordinal));
        Assert.Equal(3, restarts);
        Assert.Empty(Leaks.In(task.Supervisor.Errors, [token]));
    }

    [Fact]
    public async Task Commands_reach_the_server_that_the_supervisor_started_again()
    {
        await using var task = await SupervisedTask.StartAsync(_emulator!, _directory);
        var former = task.Token;
        await task.KillServerAsync();
        await task.ReadyAsync();

        var ended =
            await ChildProcess.RunAsync(Programs.Sidecar, ["rotate-tokens"], CleanEnvironment.With(("SIDECAR_SHARED_DIR", _directory)));
        Assert.Equal((0, "This client has a new token: default. The former one is valid for 1h.\nNo client has a configured token."),
            (ended.Code, ended.Output));
        Assert.NotEqual(former, task.Token);
        Assert.Equal(200, await task.AskAsync(task.Token));
    }

    [Fact]
    public async Task A_client_that_connects_while_no_server_runs_is_answered_by_the_next_one()
    {
        await using var task = await SupervisedTask.StartAsync(_emulator!, _directory);
        var token = task.Token;

        // Stopped, so that it accepts nothing, and killed with the connection and its request in the queue.
        var server = task.Server;
        SupervisedTask.Signal(server, 19);
        await Eventually.HoldsAsync(
            () => File.ReadAllText($"/proc/{server}/status").Contains("State:\tT", StringComparison.Ordinal),
            () => "the server did not stop");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, task.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var request = $"GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1:{task.Port}\r\n" +
            $"Authorization: {token}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        await task.KillServerAsync();

        // 503 where the first session of the next server is not there within the time that a request waits.
        using var reader = new StreamReader(stream);
        Assert.Matches("^HTTP/1.1 (200|503) ", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await task.ReadyAsync();
        Assert.Equal(200, await task.AskAsync(token));
    }

    [Fact]
    public async Task A_server_dies_with_its_supervisor_and_the_next_start_makes_a_new_token()
    {
        string former;
        int port;

        await using (var task = await SupervisedTask.StartAsync(_emulator!, _directory))
        {
            (former, port) = (task.Token, task.Port);
            var server = task.Server;
            SupervisedTask.Signal(task.Supervisor.Id, 9);
            await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{server}"), () => "the server outlived its supervisor");
            Assert.Equal((1, 1), Squat(port, new CancellationToken(canceled: true)));
        }

        await using var next = await SupervisedTask.StartAsync(_emulator!, _directory, port);
        Assert.NotEqual(former, next.Token);
        Assert.Equal(200, await next.AskAsync(next.Token));
        Assert.Equal(401, await next.AskAsync(former));
        Assert.Single(next.Supervisor.Output, line => line.Contains("\"EventId\":609,", StringComparison.Ordinal));
        Assert.Empty(Leaks.In(next.Supervisor.Output, [former, next.Token]));
    }

    [Fact]
    public async Task An_orderly_end_has_the_servers_exit_code_and_the_next_start_keeps_the_token()
    {
        string former;

        await using (var task = await SupervisedTask.StartAsync(_emulator!, _directory))
        {
            former = task.Token;
            task.Supervisor.Signal(15);
            Assert.Equal(0, await task.Supervisor.ExitAsync());
            Assert.Empty(task.Supervisor.Errors);
        }

        await using var next = await SupervisedTask.StartAsync(_emulator!, _directory);
        Assert.Equal((former, 200), (next.Token, await next.AskAsync(former)));

        // SIGHUP is passed on too: a rotation.
        next.Supervisor.Signal(1);
        await next.Supervisor.LineAsync(line => line.Contains("\"EventId\":603,", StringComparison.Ordinal));
        Assert.NotEqual(former, next.Token);
    }

    [Fact]
    public async Task A_port_that_the_configuration_names_no_longer_is_free_after_a_restart_and_the_new_one_is_served()
    {
        var (former, next, health, file) = (FreePort.Find(), FreePort.Find(), FreePort.Find(), Path.Combine(_directory, "config.json"));
        Configure(former);
        var environment = CleanEnvironment.With(
            ("SIDECAR_HEALTH_PORT", $"{health}"),
            ("SIDECAR_TOKEN", new string('t', 40)),
            ("SIDECAR_ROLE_ARN", Emulator.Worlds.DefaultWorld.Reports),
            ("AWS_REGION", "eu-central-1"),
            ("SIDECAR_SOURCE_ENDPOINT", _emulator!.Agent.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", _emulator.RelativeUri),
            ("AWS_ENDPOINT_URL_STS", _emulator.Sts.AbsoluteUri));
        await using var supervisor = ChildProcess.Start(
            await SupervisedTask.ProgramAsync(), [Programs.Sidecar, "--config", file], environment);
        await StartedOnAsync(former);
        Assert.Equal((1, 0), Squat(former, new CancellationToken(canceled: true)));

        Configure(next);
        SupervisedTask.Signal(SupervisedTask.ChildrenOf(supervisor.Id).Single(), 9);
        await StartedOnAsync(next);
        await Eventually.HoldsAsync(
            () => Squat(former, new CancellationToken(canceled: true)).Stolen == 1,
            () => "the supervisor still holds it");
        Assert.Equal((1, 0), Squat(next, new CancellationToken(canceled: true)));
        Assert.Equal((1, 0), Squat(health, new CancellationToken(canceled: true)));

        void Configure(int port) => File.WriteAllText(file, $$"""{ "Listen": { "Port": {{port}}, "Addresses": ["127.0.0.1"] } }""");
        Task<string> StartedOnAsync(int port) => supervisor.LineAsync(line =>
            line.Contains("\"EventId\":100,", StringComparison.Ordinal) && line.Contains($":{port};", StringComparison.Ordinal));
    }

    // A try each, for as long as it takes: what a connection sends to it is a token.
    private static (int Tries, int Stolen) Squat(int port, CancellationToken end)
    {
        var (tries, stolen) = (0, 0);

        do
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tries++;

            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen();
                stolen++;
            }
            catch (SocketException)
            {
                // Taken, as it should be.
            }
        }
        while (!end.IsCancellationRequested);

        return (tries, stolen);
    }
}
