using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Interception;

/// <summary>Makes every network namespace of the tests. It is removed when the test ends.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private const string Needed = "apt-get install -y --no-install-recommends iproute2 nftables iptables curl util-linux";

    private static int _made;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Skips the test where namespaces or rules cannot be made.</summary>
    public static async Task SkipUnlessPossibleAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces take root");
        await Installed.CommandAsync($"ip is not installed: {Needed}", "ip", "-V");
        await Installed.CommandAsync($"nft is not installed: {Needed}", "nft", "--version");
        await Installed.CommandAsync($"iptables is not installed: {Needed}", "iptables", "--version");
        await Installed.CommandAsync($"setpriv is not installed: {Needed}", "setpriv", "--version");
        await Installed.CommandAsync($"curl is not installed: {Needed}", "curl", "--version");
        var probe = $"cs-probe-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
        await Installed.CommandAsync("this machine makes no network namespaces", "ip", "netns", "add", probe);
        await HostAsync("ip", "netns", "del", probe);
    }

    public static async Task<NetworkNamespace> CreateAsync(string role)
    {
        var network = await TryCreateAsync(role);
        Assert.True(network is not null, "this machine makes no network namespaces");
        return network;
    }

    /// <summary>A namespace with loopback; null where this process may not make one.</summary>
    public static async Task<NetworkNamespace?> TryCreateAsync(string role)
    {
        var network = new NetworkNamespace($"cs-{role}-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");

        try
        {
            if (await ChildProcess.RunAsync("ip", ["netns", "add", network.Name], CleanEnvironment.With()) is not { Code: 0 })
            {
                return null;
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        await HostAsync("ip", "-n", network.Name, "link", "set", "lo", "up");
        return network;
    }

    /// <summary>A cable between two of them; the second one's default route leads to the first, as to a host.</summary>
    public static async Task ConnectAsync(NetworkNamespace host, NetworkNamespace task)
    {
        await HostAsync("ip", "link", "add", "v0", "netns", host.Name, "type", "veth", "peer", "name", "v1", "netns", task.Name);
        await HostAsync("ip", "-n", host.Name, "addr", "add", "169.254.172.1/22", "dev", "v0");
        await HostAsync("ip", "-n", host.Name, "link", "set", "v0", "up");
        await HostAsync("ip", "-n", task.Name, "addr", "add", "169.254.172.2/22", "dev", "v1");
        await HostAsync("ip", "-n", task.Name, "link", "set", "v1", "up");
        await HostAsync("ip", "-n", task.Name, "route", "add", "default", "via", "169.254.172.1");
    }

    /// <summary>The words that run what follows them in here.</summary>
    public string[] In(params IEnumerable<string> words) => ["netns", "exec", Name, .. words];

    public ChildProcess Start(IEnumerable<string> words, params IEnumerable<(string Name, string? Value)> variables) =>
        ChildProcess.Start("ip", In(words), CleanEnvironment.With(variables));

    public Task<ChildProcess.Ended> RunAsync(IEnumerable<string> words, params IEnumerable<(string Name, string? Value)> variables) =>
        ChildProcess.RunAsync("ip", In(words), CleanEnvironment.With(variables));

    /// <summary>Runs to a good end, and returns what was printed.</summary>
    public async Task<string> DoAsync(params IEnumerable<string> words)
    {
        var ended = await RunAsync(words);
        Assert.True(ended.Code == 0, $"{string.Join(' ', words)}: {ended}");
        return ended.Output;
    }

    /// <summary>Every rule there is, without what changes by itself.</summary>
    public async Task<string> RulesAsync() => await DoAsync("nft", "list", "ruleset") + "\n" + string.Join('\n',
        (await DoAsync("iptables-save")).Split('\n').Where(line => !line.StartsWith('#')));

    public async ValueTask DisposeAsync() => await HostAsync("ip", "netns", "del", Name);

    private static async Task HostAsync(string program, params string[] arguments)
    {
        var ended = await ChildProcess.RunAsync(program, arguments, CleanEnvironment.With());
        Assert.True(ended.Code == 0, $"{program} {string.Join(' ', arguments)}: {ended}");
    }
}
