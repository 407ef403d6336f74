using System.Net;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Tls;

/// <summary>A network namespace with its own address, joined to this one by a cable, as a container on a bridge is.</summary>
internal sealed class Neighbourhood : IAsyncDisposable
{
    private static int _made;

    private readonly NetworkNamespace _network;
    private readonly string _cable;

    private Neighbourhood(NetworkNamespace network, string cable, int number)
    {
        (_network, _cable) = (network, cable);
        (Host, Guest) = (IPAddress.Parse($"10.79.{number}.1"), IPAddress.Parse($"10.79.{number}.2"));
    }

    /// <summary>This side's address.</summary>
    public IPAddress Host { get; }

    /// <summary>The other side's address.</summary>
    public IPAddress Guest { get; }

    public static async Task<Neighbourhood> MakeAsync()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        var number = Interlocked.Increment(ref _made);
        var made = new Neighbourhood(await NetworkNamespace.CreateAsync("tls"), $"cs{Environment.ProcessId % 100000}n{number}", number);
        await HostAsync("link", "add", made._cable, "type", "veth", "peer", "name", "v1", "netns", made._network.Name);
        await HostAsync("addr", "add", $"{made.Host}/24", "dev", made._cable);
        await HostAsync("link", "set", made._cable, "up");
        await HostAsync("-n", made._network.Name, "addr", "add", $"{made.Guest}/24", "dev", "v1");
        await HostAsync("-n", made._network.Name, "link", "set", "v1", "up");
        return made;
    }

    /// <summary>The words that run what follows them on the other side.</summary>
    public string[] Inside => ["ip", .. _network.In()];

    public Task<ChildProcess.Ended> RunAsync(params string[] words) => _network.RunAsync(words);

    // The cable goes with its other end.
    public ValueTask DisposeAsync() => _network.DisposeAsync();

    private static async Task HostAsync(params string[] arguments)
    {
        var ended = await ChildProcess.RunAsync("ip", arguments, CleanEnvironment.With());
        Assert.True(ended.Code == 0, $"ip {string.Join(' ', arguments)}: {ended}");
    }
}
