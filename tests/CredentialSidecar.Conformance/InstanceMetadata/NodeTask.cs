using System.Net;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>A task on an EC2 instance, in its own network namespace.</summary>
/// <remarks>It has the agent, the sidecar, AWS services, and instance metadata at the real address.</remarks>
public sealed class NodeTask : IAsyncLifetime
{
    private readonly InstanceNode _node = new();
    private readonly SignedRequests _service = new();
    private TaskNetwork? _network;
    private string _launcher = "";
    private string _accessKeyId = "";

    internal TaskFixture Task { get; } = new();

    internal InstanceNode Node => _node;

    internal SignedRequests Service => _service;

    public async ValueTask InitializeAsync()
    {
        await Task.InitializeAsync();
        _network = await TaskNetwork.TryMakeAsync();

        if (_network is not null)
        {
            var added = await _network.RunAsync("ip", ["address", "add", "169.254.169.254/32", "dev", "lo"], CleanEnvironment.With());
            Assert.True(added.Code == 0, added.ToString());
            await OpenAsync("169.254.169.254", 80, _node.Uri);
            await OpenAsync("169.254.170.2", 80, Task.Emulator.Agent);

            foreach (var server in (Uri[])[Task.Sidecar.Endpoint, Task.Sidecar.Health, Task.Emulator.Sts, _service.Uri])
            {
                await OpenAsync("127.0.0.1", server.Port, server);
            }
        }
    }

    /// <summary>Runs a program under the launcher, as ECS would on that instance.</summary>
    /// <param name="words">Flags of the launcher, --, and the program.</param>
    internal async Task<ChildProcess.Ended> LaunchAsync(string[] words, params IEnumerable<(string Name, string? Value)> changes)
    {
        Assert.SkipWhen(_network is null, "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        _launcher = await LauncherProgram.PathAsync();
        return await _network.RunAsync(_launcher, words, CleanEnvironment.With(
        [
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Task.Emulator.RelativeUri),
            ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2" + Task.Emulator.Metadata.AbsolutePath),
            ("AWS_ENDPOINT_URL_STS", Task.Emulator.Sts.GetLeftPart(UriPartial.Authority)),
            ("CLIENT_STS_ENDPOINT", Task.Emulator.Sts.GetLeftPart(UriPartial.Authority)),
            ("CREDENTIAL_LAUNCH_PORT", $"{Task.Sidecar.Endpoint.Port}"),
            ("CREDENTIAL_LAUNCH_DESTINATION", "reports"),
            ("CREDENTIAL_LAUNCH_TOKEN_FILE", Task.TokenFile),
            ("CREDENTIAL_LAUNCH_SIDECAR_UID", $"{Tools.Uid}"),
            ("SIDECAR_HEALTH_PORT", $"{Task.Sidecar.Health.Port}"),
            ("HOME", "/nonexistent"),
            .. changes,
        ]));
    }

    /// <summary>Runs a command of the sidecar's in that network.</summary>
    internal Task<ChildProcess.Ended> SidecarAsync(string[] words, params IEnumerable<(string Name, string? Value)> settings)
    {
        Assert.SkipWhen(_network is null, "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        return _network.RunAsync(Programs.Sidecar, words, CleanEnvironment.With(settings));
    }

    /// <summary>The access key id of the destination that the launcher names.</summary>
    internal async Task<string> AccessKeyIdAsync() =>
        _accessKeyId.Length > 0 ? _accessKeyId : _accessKeyId = (string)(await Task.Sidecar.GetAsync("reports")).Body["AccessKeyId"]!;

    public async ValueTask DisposeAsync()
    {
        await (_network?.DisposeAsync() ?? default);
        await _node.DisposeAsync();
        await _service.DisposeAsync();
        await Task.DisposeAsync();
    }

    private Task OpenAsync(string address, int port, Uri outside) =>
        _network!.OpenAsync(new IPEndPoint(IPAddress.Parse(address), port), outside);
}
