using System.Net;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>A sidecar with every way to it: both loopback addresses, a client by uid, and a socket for a network of its own.</summary>
public sealed class WaysTask : IAsyncLifetime
{
    private readonly string _shared = Directory.CreateTempSubdirectory("ways-").FullName;
    private TaskNetwork? _network;

    public WaysTask() => Task = new TaskFixture(
        ("SIDECAR_PORT", $"{FreePort.Find()}"), ("SIDECAR_Listen__Addresses__0", "127.0.0.1"), ("SIDECAR_Listen__Addresses__1", "::1"),
        ("SIDECAR_SHARED_DIR", _shared), ("SIDECAR_Listen__Socket", "true"), ("SIDECAR_Access__Clients__own__Uids__0", $"{Tools.Uid}"),
        ("SIDECAR_Access__Clients__own__Destinations__0", "reports"), ("SIDECAR_Access__Clients__own__Destinations__1", "reader"));

    internal TaskFixture Task { get; }

    public async ValueTask InitializeAsync()
    {
        await Task.InitializeAsync();
        _network = await TaskNetwork.TryMakeAsync();
        await (_network?.OpenAsync(new IPEndPoint(IPAddress.Loopback, Task.Emulator.Sts.Port), Task.Emulator.Sts)
            ?? System.Threading.Tasks.Task.CompletedTask);
    }

    /// <summary>Starts a program in the other network, where nothing but the volume leads to the sidecar.</summary>
    internal async Task<ChildProcess.Ended> ForwardAsync(string[] words, IReadOnlyDictionary<string, string?> environment)
    {
        Assert.SkipWhen(_network is null, "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        var launcher = Path.Combine(_shared, "credential-launch");
        File.Copy(await LauncherProgram.PathAsync(), launcher, overwrite: true);
        return await _network.RunAsync(launcher, ["--forward", "--destination", "reports", "--", .. words], environment);
    }

    public async ValueTask DisposeAsync()
    {
        await (_network?.DisposeAsync() ?? default);
        await Task.DisposeAsync();
        Directory.Delete(_shared, recursive: true);
    }
}
