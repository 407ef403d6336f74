using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Running;

/// <summary>A network with loopback and IPv6 addresses only: the source, STS and the clients are reached by IPv6.</summary>
public sealed class IPv6Tests : IAsyncLifetime
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private const string Pods = "fd00:ec2::23", Sts = "fd12::57", StsHost = "sts.eu-central-1.api.aws";

    // Ends TLS, and passes the bytes on.
    private const string EndsTls = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[1])
        listener = socket.socket(socket.AF_INET6); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((sys.argv[2], 443)); listener.listen()
        print("listening", flush=True)
        def copy(a, b):
            try:
                while data := a.recv(65536): b.sendall(data)
            except OSError: pass
            finally: b.close()
        while True:
            connection, peer = listener.accept()
            try: inner = context.wrap_socket(connection, server_side=True)
            except OSError: continue
            print("from", peer[0], flush=True)
            server = socket.create_connection(("::1", 8081))
            for pair in ((inner, server), (server, inner)): threading.Thread(target=copy, args=pair, daemon=True).start()
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("six-").FullName;
    private EmulatorProcess _emulator = null!;
    private TaskNetwork _network = null!;
    private ChildProcess _tls = null!;

    public async ValueTask InitializeAsync()
    {
        await Installed.CommandAsync(
            "python3 is not installed: apt-get install -y --no-install-recommends python3", "/usr/bin/python3", "-V");
        var network = await TaskNetwork.TryMakeAsync();
        Assert.SkipUnless(network is not null, "network namespaces need root and apt-get install -y --no-install-recommends iproute2");
        (_network, _emulator) = (network, await EmulatorProcess.StartAsync());

        await IpAsync("addr", "del", "169.254.170.2/32");
        await IpAsync("-6", "addr", "add", $"{Sts}/128");
        await _network.OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, 8081), _emulator.Sts);
        await File.WriteAllTextAsync(Path.Combine(_folder, "sts.pem"), Certificate());
        await File.WriteAllTextAsync(Path.Combine(_folder, "hosts"), $"{Sts} {StsHost}\n203.0.113.1 sts.eu-central-1.amazonaws.com\n");
        _tls = await _network.StartAsync(
            "/usr/bin/python3", ["-c", EndsTls, Path.Combine(_folder, "sts.pem"), Sts], CleanEnvironment.With());
        await _tls.LineAsync(line => line == "listening");
    }

    public async ValueTask DisposeAsync()
    {
        await (_tls?.DisposeAsync() ?? default);
        await (_network?.DisposeAsync() ?? default);
        await (_emulator?.DisposeAsync() ?? default);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_session_comes_from_the_pod_identity_address_and_dual_stack_STS_and_is_served_on_IPv6_loopback()
    {
        await OpenPodIdentityAsync();
        await using var sidecar = await StartAsync(
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://[{Pods}]{_emulator.RelativeUri}"), ("AWS_USE_DUALSTACK_ENDPOINT", "true"));

        Assert.Equal(DefaultWorld.Reports, await RoleAtAsync("[::1]:9170", sidecar));
        Assert.Contains($"from {Sts}", _tls.Output);
    }

    [Fact]
    public async Task Clients_with_the_pod_identity_address_built_in_are_served_there()
    {
        await _network.OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, 8080), _emulator.Agent);
        await using var sidecar = await StartAsync(
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://[::1]:8080{_emulator.RelativeUri}"), ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
            ("SIDECAR_Networking__LinkLocalAddress", Pods), ("SIDECAR_Listen__Addresses__0", Pods), ("SIDECAR_PORT", "80"));

        Assert.Equal(DefaultWorld.Reports, await RoleAtAsync($"[{Pods}]", sidecar));
    }

    [Fact]
    public async Task Without_dual_stack_the_failure_names_the_host_and_the_variable()
    {
        await OpenPodIdentityAsync();
        await using var sidecar = await StartAsync(("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://[{Pods}]{_emulator.RelativeUri}"));

        var line = await sidecar.LineAsync(line => line.Contains("\"EventId\":302,", StringComparison.Ordinal));
        Assert.Contains("sts.eu-central-1.amazonaws.com", line, StringComparison.Ordinal);
        Assert.Contains("AWS_USE_DUALSTACK_ENDPOINT", line, StringComparison.Ordinal);
    }

    private async Task OpenPodIdentityAsync()
    {
        await IpAsync("-6", "addr", "add", $"{Pods}/128");
        await _network.OpenAsync(new IPEndPoint(IPAddress.Parse(Pods), 80), _emulator.Agent);
    }

    private async Task IpAsync(params IEnumerable<string> words) =>
        Assert.Equal(0, (await _network.RunAsync("ip", [.. words, "dev", "lo"], CleanEnvironment.With())).Code);

    // The names of this network are those of a file in a mount namespace of its own.
    private Task<ChildProcess> StartAsync(params IEnumerable<(string, string?)> settings) => _network.StartAsync(
        "unshare", ["--mount", "sh", "-c", $"mount --bind {_folder}/hosts /etc/hosts && exec {Programs.Sidecar}"], CleanEnvironment.With(
        [
            ("SIDECAR_ROLE_ARN", DefaultWorld.Reports), ("SIDECAR_EXTERNAL_ID", DefaultWorld.ExternalId), ("SIDECAR_TOKEN", Token),
            ("AWS_REGION", "eu-central-1"), ("AWS_CA_BUNDLE", Path.Combine(_folder, "sts.pem")), .. settings,
        ]));

    private async Task<string?> RoleAtAsync(string authority, ChildProcess sidecar)
    {
        await sidecar.LineAsync(line => line.Contains("\"EventId\":300,", StringComparison.Ordinal));
        var answer = await _network.RunAsync(
            "curl", ["-s", "-g", "-H", $"Authorization: {Token}", $"http://{authority}/v1/credentials"], CleanEnvironment.With());
        return JsonNode.Parse(answer.Output)?["RoleArn"]?.GetValue<string>();
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={StsHost}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(StsHost);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-1), DateTimeOffset.Now.AddDays(1));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
