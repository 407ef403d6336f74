using System.Text.Json;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Control;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.EcsHost;

/// <summary>
/// An instance in a network namespace, with the emulator as the ECS agent on 127.0.0.1:51679, and beside it a task with a network of
/// its own. The rules of the agent come from docs/ecs.md.
/// </summary>
internal sealed partial class HostNode : IAsyncDisposable
{
    private readonly ChildProcess _emulator;
    private readonly StartedLine _started;

    private HostNode(NetworkNamespace host, NetworkNamespace task, ChildProcess emulator, StartedLine started) =>
        (Host, Task, _emulator, _started) = (host, task, emulator, started);

    /// <summary>The commands of docs/ecs.md, as words: route_localnet, PREROUTING, OUTPUT.</summary>
    public static IReadOnlyList<string[]> Commands { get; } =
        [.. Block().Match(Page).Groups[1].Value.Split('\n').Select(line => line.Split(' '))];

    /// <summary>The command of docs/ecs.md that drops what neighbours send to loopback addresses.</summary>
    public static string[] Drop { get; } = DropRule().Match(Page).Groups[1].Value.Split(' ');

    /// <summary>The network of the instance, which tasks in host mode share.</summary>
    public NetworkNamespace Host { get; }

    /// <summary>The network of a task, as in awsvpc; also a neighbour of the instance.</summary>
    public NetworkNamespace Task { get; }

    public string RelativeUri => _started.RelativeUri;

    /// <summary>What ECS sets in a container, and what this network needs besides.</summary>
    public IEnumerable<(string Name, string? Value)> Variables =>
    [
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", RelativeUri),
        ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2" + new Uri(_started.Metadata).AbsolutePath),
        ("AWS_ENDPOINT_URL_STS", Sts),
        ("AWS_CONFIG_FILE", "/nonexistent/config"),
    ];

    public string Sts => new Uri(_started.Sts).GetLeftPart(UriPartial.Authority);

    private static string Page => File.ReadAllText(Repository.File("docs", "ecs.md"));

    /// <summary>An instance whose agent has made no rules yet. Skips the test where network namespaces cannot be made.</summary>
    public static async Task<HostNode> CreateAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        var (host, task) = (await NetworkNamespace.CreateAsync("host"), await NetworkNamespace.CreateAsync("task"));
        await NetworkNamespace.ConnectAsync(host, task);

        // A host has a default route. Without one, nothing for 169.254.170.2 comes as far as the rules.
        await host.DoAsync("ip", "route", "add", "default", "via", "169.254.172.2");
        var emulator = host.Start([Programs.Emulator, "--agent-port", "51679"]);
        var line = await emulator.LineAsync(line => line.StartsWith('{'));
        return new HostNode(host, task, emulator, JsonSerializer.Deserialize(line, ControlJson.Default.StartedLine)!);
    }

    public async Task RunCommandsAsync()
    {
        foreach (var command in Commands)
        {
            await Host.DoAsync(command);
        }
    }

    /// <summary>Whether a GET from there brings the credentials of the task role.</summary>
    public async Task<bool> ReachesAgentAsync(NetworkNamespace from, string address = "169.254.170.2")
    {
        var answer = await from.RunAsync(["curl", "-s", "-m", "2", $"http://{address}{RelativeUri}"]);
        return answer.Code == 0 && answer.Output.Contains("\"RoleArn\"", StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        await Task.DisposeAsync();
        await Host.DisposeAsync();
    }

    [GeneratedRegex("```sh\n(sysctl .*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("`(iptables -I INPUT [^`]+)`")]
    private static partial Regex DropRule();
}
