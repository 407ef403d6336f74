using System.Security.Cryptography;
using YamlDotNet.RepresentationModel;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>
/// A Deployment's pod, run as a kubelet runs it: containers share a network namespace and init containers start in order. An init
/// container with restartPolicy Always is a sidecar, and its startup probe must pass. Volumes start empty, with mode 0777.
/// </summary>
/// <param name="variables">What the test adds to every container.</param>
internal sealed class Pod(YamlNode template, string[] variables) : IAsyncDisposable
{
    private readonly string _id = "csp-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly List<string> _containers = [];
    private readonly YamlNode _spec = template["spec"];
    private string _address = "";

    private readonly List<(string Container, string Variable)> _added = [];

    private string Pause => $"{_id}-pause";

    /// <param name="manifest">A file with one Deployment in it.</param>
    public static Pod Read(string manifest, params string[] variables)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(manifest)));
        var deployment = stream.Documents.Select(document => document.RootNode).Single(node => (string?)node["kind"] == "Deployment");
        return new Pod(deployment["spec"]["template"], variables);
    }

    /// <summary>What one of a cluster's webhooks would add to a container.</summary>
    public void Add(string container, string variable) => _added.Add((container, variable));

    /// <summary>Everything up to the moment at which the application would be started.</summary>
    /// <param name="besides">Started in the pod's network before all others, from one of the project's images.</param>
    public async Task StartAsync(string besides, params string[] words)
    {
        await Engine.DoAsync("network", "create", "--internal", _id);

        foreach (var volume in Items(_spec, "volumes"))
        {
            var size = Text(volume["emptyDir"], "sizeLimit") ?? "64Mi";
            var bytes = size.Replace("Mi", "m", StringComparison.Ordinal);
            string[] tmpfs = ["--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", $"o=size={bytes},mode=0777"];
            await Engine.DoAsync(["volume", "create", .. tmpfs, Volume(volume)]);
        }

        // The pause container also mounts the volumes: a tmpfs volume is emptied when no container uses it.
        var volumes = Items(_spec, "volumes").SelectMany(v => (string[])["-v", $"{Volume(v)}:/volumes/{v["name"]}:nocopy"]);
        var sysctls = Items(_spec, "securityContext", "sysctls").SelectMany(s => (string[])["--sysctl", $"{s["name"]}={s["value"]}"]);
        await RunAsync("pause", ["-d", "--network", _id, .. sysctls, .. volumes], Images.Client, "sleep", "600");
        _address = await Engine.DoAsync("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", Pause);
        await RunAsync("besides", ["-d", "--network", $"container:{Pause}"], besides, words);

        foreach (var container in Items(_spec, "initContainers"))
        {
            var name = (string)container["name"]!;
            var stays = Text(container, "restartPolicy") == "Always";
            string[] detached = stays ? ["-d"] : [];
            string[] arguments = [.. Items(container, "args").Select(word => (string)word!)];
            await RunAsync(name, [.. detached, .. Options(container)], Images.Sidecar, arguments);

            if (stays)
            {
                await ProbedAsync(container);
            }
        }
    }

    /// <summary>Runs one of the pod's own containers, with the test's program in the place of its own.</summary>
    /// <param name="command">Makes the words to run of the container's own.</param>
    public Task<Command.Ended> AppAsync(string name, Func<string[], string[]> command)
    {
        var container = Items(_spec, "containers").Single(container => (string?)container["name"] == name);
        string[] words = command([.. Items(container, "command").Select(word => (string)word!)]);
        return Engine.TryAsync(["run", "--rm", .. Options(container), Images.Client, .. words]);
    }

    public Task<string> LogsAsync(string container) => Engine.LogsAsync($"{_id}-{container}");

    public async ValueTask DisposeAsync()
    {
        _containers.Reverse();
        await Engine.TryAsync(["rm", "-f", "-v", .. _containers]);
        await Engine.TryAsync(["volume", "rm", "-f", .. Items(_spec, "volumes").Select(Volume)]);
        await Engine.TryAsync("network", "rm", _id);
    }

    private async Task RunAsync(string name, string[] options, string image, params string[] words)
    {
        _containers.Add($"{_id}-{name}");
        await Engine.DoAsync(["run", "--name", _containers[^1], .. options, image, .. words]);
    }

    private async Task ProbedAsync(YamlNode container)
    {
        var probe = container["startupProbe"]["httpGet"];
        var port = Items(container, "ports").Single(port => (string?)port["name"] == (string?)probe["port"])["containerPort"];
        var uri = $"http://{_address}:{port}{probe["path"]}";
        await Eventually.HoldsAsync(
            async () => (await Engine.TryAsync("exec", Pause, "curl", "-sf", "-m", "2", uri)).Code == 0,
            () => LogsAsync((string)container["name"]!));
    }

    private IEnumerable<string> Options(YamlNode container)
    {
        var security = Find(container, "securityContext");
        IEnumerable<(string Option, string Value)> options =
        [
            ("--network", $"container:{Pause}"),
            .. Text(security, "runAsUser") is { } user
                ? [("--user", $"{user}:{Text(security, "runAsGroup") ?? "0"}")]
                : Array.Empty<(string, string)>(),
            .. Items(security, "capabilities", "drop").Select(c => ("--cap-drop", (string)c!)),
            .. Items(security, "capabilities", "add").Select(c => ("--cap-add", (string)c!)),
            .. Text(security, "allowPrivilegeEscalation") == "false"
                ? [("--security-opt", "no-new-privileges")]
                : Array.Empty<(string, string)>(),
            .. Find(container, "resources", "limits", "memory") is { } memory
                ? [("--memory", memory.ToString().Replace("Mi", "m", StringComparison.Ordinal))]
                : Array.Empty<(string, string)>(),
            .. Items(container, "volumeMounts").Select(m => ("-v", Mount(m))),
            .. Items(container, "env").Select(e => ("-e", $"{e["name"]}={Text(e, "value") ?? _address}")),
            .. variables.Select(variable => ("-e", variable)),
            .. _added.Where(added => added.Container == (string?)container["name"]).Select(added => ("-e", added.Variable)),
        ];
        string[] readOnly = Text(security, "readOnlyRootFilesystem") == "true" ? ["--read-only"] : [];
        return options.SelectMany(option => (string[])[option.Option, option.Value]).Concat(readOnly);
    }

    private string Volume(YamlNode volume) => $"{_id}-{volume["name"]}";

    private string Mount(YamlNode mount)
    {
        var mode = Text(mount, "readOnly") == "true" ? ",ro" : "";
        return $"{_id}-{mount["name"]}:{mount["mountPath"]}:nocopy{mode}";
    }

    private static string? Text(YamlNode? node, string key) =>
        node is not null && Find(node, key) is YamlScalarNode text ? text.Value : null;

    private static YamlSequenceNode Items(YamlNode? node, params string[] keys) =>
        node is not null && Find(node, keys) is YamlSequenceNode items ? items : [];

    private static YamlNode? Find(YamlNode node, params string[] keys) => keys.Aggregate(
        (YamlNode?)node,
        (found, key) => found is YamlMappingNode map && map.Children.TryGetValue(key, out var child) ? child : null);
}
