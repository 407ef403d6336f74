using System.Net;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>A task whose containers run in a network of their own, with the agent at its real address.</summary>
public sealed class AgentNetwork : IAsyncLifetime
{
    private TaskNetwork? _network;

    internal TaskFixture Task { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Task.InitializeAsync();
        _network = await TaskNetwork.TryMakeAsync();

        if (_network is not null)
        {
            await _network.OpenAsync(new IPEndPoint(IPAddress.Parse("169.254.170.2"), 80), Task.Emulator.Agent);
            await OpenAsync(Task.Emulator.Sts);
        }
    }

    /// <summary>A server of this machine, at the same port of the network's own loopback.</summary>
    internal Task OpenAsync(Uri server)
    {
        Assert.SkipWhen(_network is null, "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        return _network.OpenAsync(new IPEndPoint(IPAddress.Loopback, server.Port), server);
    }

    internal Task<ChildProcess.Ended> RunAsync(string[] words, Dictionary<string, string?> environment) =>
        _network!.RunAsync(words[0], words[1..], environment);

    public async ValueTask DisposeAsync()
    {
        await (_network?.DisposeAsync() ?? default);
        await Task.DisposeAsync();
    }
}
