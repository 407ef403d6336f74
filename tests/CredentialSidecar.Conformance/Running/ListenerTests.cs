using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>Where the program listens, and that nothing but its own settings decides that.</summary>
public sealed class ListenerTests
{
    private const string NoNamespace = "network namespaces need root and apt-get install -y --no-install-recommends util-linux iproute2";

    [Fact]
    public async Task Variables_of_the_web_framework_open_no_listener()
    {
        var strays = Enumerable.Range(0, 6).Select(_ => FreePort.Find()).ToArray();
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports),
            ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId),
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{strays[0]}"),
            ("DOTNET_URLS", $"http://127.0.0.1:{strays[1]}"),
            ("URLS", $"http://127.0.0.1:{strays[2]}"),
            ("ASPNETCORE_HTTP_PORTS", $"{strays[3]}"),
            ("HTTP_PORTS", $"{strays[4]}"),
            ("Kestrel__Endpoints__x__Url", $"http://127.0.0.1:{strays[5]}"),
            ("ASPNETCORE_Kestrel__Endpoints__x__Url", $"http://127.0.0.1:{strays[5]}"));
        await sidecar.ReadyAsync();

        string[] own = [sidecar.Endpoint.Authority, sidecar.Health.Authority];
        Assert.Equal(own.Order(), ListeningSockets.Of(sidecar.Id));
    }

    [Fact]
    public async Task R13_Both_loopback_addresses_are_served_on_the_default_ports() =>
        Assert.Equal(["127.0.0.1:9170", "127.0.0.1:9171", "[::1]:9170"], await ListenInNamespaceAsync(""));

    [Fact]
    public async Task R13_A_machine_without_an_IPv6_loopback_is_no_error() =>
        Assert.Equal(["127.0.0.1:9170", "127.0.0.1:9171"], await ListenInNamespaceAsync("ip -6 addr flush dev lo && "));

    // A network of its own, so that the ports are free and the addresses ours to choose.
    private static async Task<IReadOnlyList<string>> ListenInNamespaceAsync(string preparation)
    {
        await Installed.CommandAsync(NoNamespace, "unshare", "--net", "ip", "link", "set", "lo", "up");
        await using var child = ChildProcess.Start(
            "unshare", ["--net", "sh", "-c", $"ip link set lo up && {preparation}exec \"$0\"", Programs.Sidecar],
            CleanEnvironment.With(
                ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef"),
                ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none"), ("AWS_REGION", "eu-central-1")));

        await child.LineAsync(line => line.Contains("\"EventId\":100,", StringComparison.Ordinal));
        return ListeningSockets.Of(child.Id);
    }
}
