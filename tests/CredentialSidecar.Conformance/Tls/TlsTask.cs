using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Conformance.Tls;

/// <summary>A task whose sidecar serves TLS on loopback, with its own authority.</summary>
public sealed class TlsTask : IAsyncLifetime
{
    internal string Folder { get; } = Directory.CreateTempSubdirectory("tls-").FullName;

    internal EmulatorProcess Emulator { get; private set; } = null!;

    internal SidecarProcess Sidecar { get; private set; } = null!;

    /// <summary>A URL with the name that is in the certificate.</summary>
    internal Uri Endpoint => new($"https://localhost:{Sidecar.Tls!.Port}/v1/credentials");

    /// <summary>Serves <c>default</c> only, which an emulator knows.</summary>
    internal static (string Name, string? Value)[] Variables(string folder, params IEnumerable<string> hosts) =>
    [
        ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("SIDECAR_SHARED_DIR", folder),
        ("SIDECAR_Listen__Tls__Port", "0"), .. hosts.Select((host, i) => ($"SIDECAR_Access__Hosts__{i}", (string?)host)),
    ];

    public async ValueTask InitializeAsync()
    {
        Emulator = await EmulatorProcess.StartAsync();
        Sidecar = await SidecarProcess.StartAsync(Emulator, Variables(Folder, "localhost"));
        await Sidecar.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (Sidecar?.DisposeAsync() ?? default);
        await (Emulator?.DisposeAsync() ?? default);
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The environment of a client.</summary>
    /// <param name="sts">Where it finds STS.</param>
    internal static Dictionary<string, string?> Sibling(
        SidecarProcess sidecar, Uri endpoint, Uri sts, params IEnumerable<(string Name, string? Value)> changes) =>
        TaskFixture.SiblingOf(sidecar, "default", sts, [("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint.AbsoluteUri), .. changes]);
}
