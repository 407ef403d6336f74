using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Control;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>
/// An ECS host with the agent's own rules in one network namespace, and an awsvpc task in another: a sidecar as uid 9170
/// without any capability, and applications under other uids that have nothing but what ECS sets.
/// </summary>
public sealed class InterceptedTask : IAsyncDisposable
{
    internal const string Up1000And1001 = $$"""
        {
          "Destinations": {
            "reports": { "Hops": [{ "RoleArn": "{{DefaultWorld.Reports}}", "ExternalId": "{{DefaultWorld.ExternalId}}",
                "SessionName": "orders-1" }] },
            "reader": { "Hops": [{ "RoleArn": "{{DefaultWorld.Reader}}", "SessionName": "orders-2" }] }
          },
          "Interception": { "Uids": { "1000": "reports", "1001": "reader" } }
        }
        """;

    internal const string Token = "3f0e6a7c1b8d49e2a5c4f7089d1e2b36";

    private const int AgentPort = 51679, StsPort = 8081;

    private ChildProcess? _emulator;
    private ChildProcess? _sidecar;
    private StartedLine? _started;
    private readonly List<string> _printed = [];

    internal NetworkNamespace Host { get; private set; } = null!;

    internal NetworkNamespace Network { get; private set; } = null!;

    internal ChildProcess Sidecar => _sidecar!;

    internal string RelativeUri => _started!.RelativeUri;

    /// <summary>Of the container's own metadata, version 4.</summary>
    internal string Metadata => new Uri(_started!.Metadata).AbsolutePath;

    internal string TaskProtection => $"/api/{Metadata.Split('/')[^1]}/task-protection/v1/state";

    /// <summary>Starts everything once, with interception up before the sidecar, as an init container would.</summary>
    internal async Task StartAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();

        if (_started is not null)
        {
            return;
        }

        (Host, Network) = (await NetworkNamespace.CreateAsync("host"), await NetworkNamespace.CreateAsync("task"));
        await NetworkNamespace.ConnectAsync(Host, Network);
        _emulator = Host.Start([Programs.Emulator, "--agent-port", $"{AgentPort}", "--sts-port", $"{StsPort}"]);
        _started = JsonSerializer.Deserialize(await _emulator.LineAsync(line => line.StartsWith('{')), ControlJson.Default.StartedLine)!;
        await AgentRulesAsync(Host);
        await Host.DoAsync(
            "iptables", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "-d", "169.254.172.1", "--dport", $"{StsPort}",
            "-j", "DNAT", "--to-destination", $"127.0.0.1:{StsPort}");

        var up = await InterceptAsync("up");
        Assert.True(up.Code == 0, up.ToString());
        await ServeAsync();
    }

    /// <summary>Stops the sidecar, which closes all its connections, and starts it again.</summary>
    internal async Task RestartAsync()
    {
        Sidecar.Signal(15);
        await Sidecar.ExitAsync();
        _printed.AddRange(Sidecar.Output);
        await Sidecar.DisposeAsync();
        await ServeAsync();
    }

    private async Task ServeAsync()
    {
        _sidecar = Network.Start([.. As(9170), Programs.Sidecar],
        [
            .. Ecs,
            .. Configured,
            ("SIDECAR_TOKEN", Token),
            ("SIDECAR_Logging__Level", "Trace"),
            ("ECS_CONTAINER_METADATA_URI_V4", $"http://169.254.170.2{Metadata}"),
            ("SIDECAR_DRAIN", "0s"),
        ]);
        await _sidecar.LineAsync(line => line.Contains("\"EventId\":303,", StringComparison.Ordinal));
    }

    /// <summary>As the ECS agent's own set-up makes them on a host.</summary>
    internal static async Task AgentRulesAsync(NetworkNamespace host)
    {
        await host.DoAsync("sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
        await host.DoAsync(
            "iptables", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "-d", "169.254.170.2", "--dport", "80",
            "-j", "DNAT", "--to-destination", $"127.0.0.1:{AgentPort}");
        await host.DoAsync(
            "iptables", "-t", "nat", "-A", "OUTPUT", "-d", "169.254.170.2", "-p", "tcp", "-m", "tcp", "--dport", "80",
            "-j", "REDIRECT", "--to-ports", $"{AgentPort}");
    }

    /// <summary>The words that run what follows them under that uid; it may read programs wherever root installed them.</summary>
    internal static string[] As(int uid)
    {
        string[] capabilities = uid == 9170
            ? ["--bounding-set=-all"]
            : ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
        return ["setpriv", $"--reuid={uid}", $"--regid={uid}", "--clear-groups", .. capabilities];
    }

    /// <summary>The words that hide a program from what follows them.</summary>
    internal static string[] Without(params string[] programs)
    {
        var hiding = programs.Select(program => $"mount --bind /dev/null \"$(readlink -f $(command -v {program}))\" && ");
        return ["sh", "-c", string.Concat(hiding) + "exec \"$@\"", "sh"];
    }

    /// <summary>Runs <c>credential-sidecar intercept</c> as root with the configuration.</summary>
    /// <param name="tool">Which tool it is to find.</param>
    internal Task<ChildProcess.Ended> InterceptAsync(string command, string tool = "nft") =>
        Network.RunAsync([.. By(tool), Programs.Sidecar, "intercept", command], Configured);

    /// <summary>The same with a list of uids of its own, as an init container has it.</summary>
    internal Task<ChildProcess.Ended> UpAsync(string tool, params string[] uids) =>
        Network.RunAsync([.. By(tool), Programs.Sidecar, "intercept", "up", .. uids.SelectMany(uid => (string[])["--uid", uid])]);

    /// <summary>The words that make what follows them take that tool.</summary>
    internal static string[] By(string tool) => tool == "nft" ? [] : Without("nft");

    /// <summary>Runs a program of an application's that has nothing but what ECS sets.</summary>
    internal Task<ChildProcess.Ended> RunAsync(int uid, params IEnumerable<string> words) =>
        Network.RunAsync([.. As(uid), .. words], Application);

    /// <summary>Starts such a program.</summary>
    internal ChildProcess Start(int uid, params IEnumerable<string> words) => Network.Start([.. As(uid), .. words], Application);

    /// <summary>The answer with its head.</summary>
    internal async Task<string> CurlAsync(int uid, string uri, params IEnumerable<string> options)
    {
        var address = uri.StartsWith('/') ? $"http://169.254.170.2{uri}" : uri;
        var ended = await RunAsync(uid, ["curl", "-s", "-i", "-m", "10", "--path-as-is", .. options, address]);
        Assert.True(ended.Code == 0, ended.ToString());
        return ended.Output;
    }

    internal static string Sts => $"http://169.254.172.1:{StsPort}";

    private IEnumerable<(string Name, string? Value)> Ecs =>
    [
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", RelativeUri),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL_STS", Sts),
    ];

    private IEnumerable<(string Name, string? Value)> Application =>
    [
        .. Ecs,
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
    ];

    private static IEnumerable<(string Name, string? Value)> Configured => [("SIDECAR_CONFIG", Up1000And1001)];

    public async ValueTask DisposeAsync()
    {
        string[] output = [.. _printed, .. _sidecar?.Output ?? []];
        await (_sidecar?.DisposeAsync() ?? default);
        await (_emulator?.DisposeAsync() ?? default);
        await (Network?.DisposeAsync() ?? default);
        await (Host?.DisposeAsync() ?? default);

        if (_sidecar is not null)
        {
            Assert.All(output, line => Assert.NotNull(JsonSerializer.Deserialize<JsonObject>(line)));
            Assert.Empty(Leaks.In(output, [RelativeUri["/v2/credentials/".Length..], Token]));
        }
    }
}
