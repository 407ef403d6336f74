using System.Globalization;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;
using Xunit;

namespace CredentialSidecar.Conformance.Forwarding;

/// <summary>Clients by uid, with processes of several users in the sidecar's network namespace and in another one.</summary>
public sealed class UidIdentityTests : IAsyncLifetime
{
    private const int Web = 4101, Batch = 4102, Stranger = 4103;
    private const string BatchToken = "batch-Hf2kLq9Zx4Vn7Tb1Rj6Mw3Yp5Cd";

    // Opens a connection, becomes another user in a child, and lets the child send the request.
    private const string Dropping = """
        import os, socket, sys
        port, token = int(sys.argv[1]), sys.argv[2]
        s = socket.create_connection(("127.0.0.1", port))
        pid = os.fork()
        if pid == 0:
            os.setuid(int(sys.argv[3]))
            s.sendall(b"GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            data = b""
            while True:
                part = s.recv(4096)
                if not part: break
                data += part
            print(data.decode())
            sys.exit(0)
        os.waitpid(pid, 0)
        """;

    // Sends the request and ends before the sidecar can ask who it is: the sidecar is stopped meanwhile.
    private const string Leaving = """
        import socket, sys
        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        s.sendall(b"GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        """;

    // The port of the victim's connection, which a rule leads elsewhere, is used by the attacker on the way through another rule.
    private const string Attacking = """
        import os, socket, subprocess, sys
        own, victim = int(sys.argv[1]), int(sys.argv[2])
        pid = os.fork()
        r = None
        if pid == 0:
            os.setuid(victim)
            v = socket.socket(); v.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            v.bind(("127.0.0.1", 45555)); v.connect(("127.0.0.1", own))
            print("victim connected", v.getsockname(), flush=True)
            import time; time.sleep(30)
            sys.exit(0)
        import time
        for _ in range(200):
            out = subprocess.run(["ss", "-tn", "src", "127.0.0.1:45555"], capture_output=True, text=True).stdout
            if "ESTAB" in out: break
            time.sleep(0.05)
        a = socket.socket(); a.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        a.bind(("127.0.0.1", 45555)); a.connect(("127.0.0.1", 8888))
        a.sendall(b"GET /v1/credentials/reports HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % own)
        a.settimeout(5)
        print(a.recv(4096).decode())
        os.kill(pid, 9)
        """;

    private EmulatorProcess _emulator = null!;
    private NetworkNamespace _network = null!;

    private static (string, string?)[] Clients =>
    [
        ("SIDECAR_TOKEN", null),
        ("SIDECAR_Destinations__reports__Hops__0__RoleArn", DefaultWorld.Reports),
        ("SIDECAR_Destinations__reports__Hops__0__ExternalId", DefaultWorld.ExternalId),
        ("SIDECAR_Destinations__reader__Hops__0__RoleArn", DefaultWorld.Reader),
        ("SIDECAR_Access__Clients__web__Uids__0", $"{Web}"),
        ("SIDECAR_Access__Clients__web__Destinations__0", "reports"),
        ("SIDECAR_Access__Clients__batch__Uids__0", $"{Batch}"),
        ("SIDECAR_Access__Clients__batch__Token", BatchToken),
        ("SIDECAR_Access__Clients__batch__Destinations__0", "reader"),
    ];

    public async ValueTask InitializeAsync()
    {
        Squatter.SkipUnlessPossible();
        await NetworkNamespace.SkipUnlessPossibleAsync();
        (_emulator, _network) = (await EmulatorProcess.StartAsync(), await NetworkNamespace.CreateAsync("uids"));
    }

    public async ValueTask DisposeAsync()
    {
        await (_emulator?.DisposeAsync() ?? default);
        await (_network?.DisposeAsync() ?? default);
    }

    [Fact]
    public async Task Each_user_is_its_own_client_and_no_other()
    {
        await using var sidecar = await StartAsync();

        Assert.Contains("\"AccessKeyId\"", await AskAsync(sidecar, Web, "reports"), StringComparison.Ordinal);
        Assert.Contains("\"AccessKeyId\"", await AskAsync(sidecar, Batch, "reader", BatchToken), StringComparison.Ordinal);
        Assert.Contains("Client 'web' may not read destination 'reader'", await AskAsync(sidecar, Web, "reader"), StringComparison.Ordinal);
        Assert.Contains($"valid only for uid {Batch}, and this connection belongs to uid {Web}",
            await AskAsync(sidecar, Web, "reader", BatchToken), StringComparison.Ordinal);
        Assert.Contains($"its uid {Stranger} is not the uid of a client", await AskAsync(sidecar, Stranger, "reports"),
            StringComparison.Ordinal);
        Assert.Contains("its uid 0 is not the uid of a client", await AskAsync(sidecar, 0, "reports"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_keeps_the_user_that_opened_it()
    {
        await using var sidecar = await StartAsync();

        // Root's connection is of no use to the client's user, and the client's connection serves whom it is given to.
        var answer = await RunAsync(0, Dropping, sidecar, "", $"{Web}");
        Assert.Contains("its uid 0 is not the uid of a client", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_has_ended_has_no_user()
    {
        await using var sidecar = await StartAsync();
        sidecar.Signal(19);
        await RunAsync(Web, Leaving, sidecar);
        sidecar.Signal(18);

        await Eventually.HoldsAsync(() => sidecar.Output.Any(line =>
            line.Contains("the uid of its connection is unknown: the kernel does not report its user.", StringComparison.Ordinal)),
            () => string.Join('\n', sidecar.Output));
    }

    [Fact]
    public async Task A_redirected_connection_has_no_user()
    {
        await using var sidecar = await StartInsideAsync();
        await RedirectAsync(8888, 9170);

        var answer = await _network.RunAsync(Curl(Web, 8888, "reports"));
        Assert.Contains("the uid of its connection is unknown: a firewall rule redirected it.", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_of_another_users_connection_gives_no_right()
    {
        await using var sidecar = await StartInsideAsync();
        await using var elsewhere = _network.Start(["/usr/bin/python3", "-c",
            "import socket\ns = socket.socket(); s.bind(('127.0.0.1', 7777)); s.listen(); print('ready', flush=True)\nkept = []\n"
            + "while True: kept.append(s.accept())"]);
        await elsewhere.LineAsync(line => line == "ready");

        // The victim's own connection ends elsewhere, so that its addresses are free for the attacker's.
        await RedirectAsync(9170, 7777, "45555");
        await RedirectAsync(8888, 9170);
        var ended = await _network.RunAsync(["/usr/bin/python3", "-c", Attacking, "9170", $"{Web}"]);

        Assert.Contains("victim connected", ended.Output, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 401", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("AccessKeyId", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_a_number_in_the_sidecars_user_namespace_is_nobody()
    {
        var possible = await ChildProcess.RunAsync("unshare", ["--user", "--map-root-user", "true"], CleanEnvironment.With());
        Assert.SkipUnless(possible.Code == 0, "this machine makes no user namespaces");
        await using var sidecar = await StartAsync(
            before: ["unshare", "--user", "--map-root-user"], more: [("SIDECAR_Access__Clients__web__Uids__0", "65534")]);

        Assert.Contains("uid 65534 may be any user outside this user namespace", await AskAsync(sidecar, Stranger, "reports"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_forwarder_passes_on_the_user_of_the_program_and_never_lends_its_own()
    {
        await using var task = await ForwardTask.StartAsync(
            ("SIDECAR_Access__Clients__web__Uids__0", $"{Web}"), ("SIDECAR_Access__Clients__web__Destinations__0", "default"));
        var ask = "curl -s http://127.0.0.1:9170/v1/credentials";
        var asRoot = await task.LaunchAsync(
            $"{ask}; echo; setpriv --reuid {Web} --clear-groups {ask}; echo; setpriv --reuid {Stranger} --clear-groups {ask}");
        var lines = asRoot.Output.Split('\n');

        Assert.Contains("its uid 0 is not the uid of a client", lines[0], StringComparison.Ordinal);
        Assert.Contains("AccessKeyId", lines[1], StringComparison.Ordinal);
        Assert.Contains($"its uid {Stranger} is not the uid of a client", lines[2], StringComparison.Ordinal);

        // It runs as the client's user, and may become no other.
        await using var program = task.Start(Web, task.Launcher, "--forward", "--", "sh", "-c", "echo started; sleep 60");
        await program.LineAsync(line => line == "started");
        Assert.Contains("AccessKeyId", (await task.RunAsync(Web, ask.Split(' '))).Output, StringComparison.Ordinal);
        var other = await task.RunAsync(Stranger, ask.Split(' '));
        Assert.Contains("NotForwarded\",\"message\":\"This program runs as another user", other.Output, StringComparison.Ordinal);
        Assert.Contains("This program runs as another user", string.Join('\n', program.Errors), StringComparison.Ordinal);
    }

    private Task<string> RedirectAsync(int from, int to, string? source = null) => _network.DoAsync([
        "iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", "127.0.0.1", "--dport", $"{from}",
        .. source is null ? Array.Empty<string>() : ["--sport", source],
        "-j", "REDIRECT", "--to-ports", $"{to}"]);

    /// <summary>In the network of its own, where the sidecar has no STS, and is asked only who its callers are.</summary>
    private async Task<ChildProcess> StartInsideAsync()
    {
        var sidecar = _network.Start([Programs.Sidecar],
        [
            .. Clients, ("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1"), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/none"),
            ("AWS_REGION", "eu-central-1"), ("SIDECAR_Access__Hosts__0", "127.0.0.1"),
        ]);
        await sidecar.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));
        return sidecar;
    }

    private async Task<SidecarProcess> StartAsync(string[]? before = null, params IEnumerable<(string, string?)> more)
    {
        var sidecar = await SidecarProcess.StartAsync(_emulator, before ?? [], [.. Clients, .. more]);

        if (before is null)
        {
            await Eventually.HoldsAsync(async () => await sidecar.HealthAsync("readyz") == 200, () => string.Join('\n', sidecar.Output));
        }

        return sidecar;
    }

    private static string[] Curl(int user, int port, string destination, string token = "") =>
    [
        "setpriv", .. Squatter.As(user), "curl", "-s", "-H", $"Authorization: {token}",
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1/credentials/{destination}"),
    ];

    private static async Task<string> AskAsync(SidecarProcess sidecar, int user, string destination, string token = "")
    {
        var words = Curl(user, sidecar.Endpoint.Port, destination, token);
        var ended = await ChildProcess.RunAsync(words[0], words[1..], CleanEnvironment.With());

        if (JsonNode.Parse(ended.Output) is { } body)
        {
            sidecar.Hide(from name in (string[])["SecretAccessKey", "Token"] where body[name] is not null
                         select body[name]!.GetValue<string>());
        }

        return ended.Output;
    }

    private static async Task<string> RunAsync(int user, string script, SidecarProcess sidecar, params IEnumerable<string> more) =>
        (await ChildProcess.RunAsync("setpriv",
            [.. Squatter.As(user), "/usr/bin/python3", "-c", script, $"{sidecar.Endpoint.Port}", .. more], CleanEnvironment.With())).Output;
}
