using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Tls;

/// <summary>Clients in another network namespace.</summary>
public sealed partial class NeighbourTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tls-").FullName;
    private Neighbourhood _neighbours = null!;
    private EmulatorProcess _emulator = null!;

    // Clients of Go in the versions of the ring accept only loopback, over https too.
    public static TheoryData<string> Clients => [.. new[] { "net4", "js3", "java2", "crtpy", "lancedb" }
        .Where(id => Catalogue.All.Any(client => client.Id == id))];

    private string Certificate => Path.Combine(_folder, "tls.crt");

    private string Key => Path.Combine(_folder, "tls.key");

    public async ValueTask InitializeAsync()
    {
        _neighbours = await Neighbourhood.MakeAsync();
        _emulator = await EmulatorProcess.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_emulator?.DisposeAsync() ?? default);
        await (_neighbours?.DisposeAsync() ?? default);
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task A_client_reads_credentials_across_namespaces(string id)
    {
        await using var sidecar = await StartAsync($"{_neighbours.Guest}");
        await using var sts = Forwarder.To(_emulator.Sts, _neighbours.Host);
        var trust = Trust.All.Single(row => row.Id == id);
        var sibling = TlsTask.Sibling(sidecar, Endpoint(sidecar), sts.Address, trust.In(_folder));

        var run = await RingTests.RunAsync(Catalogue.Find(id), 1, sibling, sts.Address, _neighbours.Inside);
        Assert.True(run is { Error: null, Callers.Count: 1 }, RingTests.Describe(run));
    }

    [Fact]
    public async Task A_peer_outside_the_listed_networks_gets_no_handshake()
    {
        await using var sidecar = await StartAsync("192.0.2.0/24");
        var ended = await CurlAsync(sidecar);

        Assert.NotEqual(0, ended.Code);
        Assert.DoesNotContain("AccessKeyId", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CredentialSidecar", (await OpensslAsync(sidecar)).Output, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => sidecar.Output.Any(line => line.Contains("\"EventId\":407,", StringComparison.Ordinal)),
            () => "no event 407");
    }

    [Theory]
    [InlineData("-tls1_3", true)]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_1", false)]
    [InlineData("-tls1", false)]
    public async Task Openssl_sees_the_versions_the_names_and_HTTP_1_1(string version, bool isSpoken)
    {
        await using var sidecar = await StartAsync($"{_neighbours.Guest}");
        var ended = await OpensslAsync(sidecar, version, "-alpn", "h2,http/1.1", "-verify_return_error");

        if (!isSpoken)
        {
            Assert.Contains("Cipher is (NONE)", ended.Output, StringComparison.Ordinal);
            return;
        }

        Assert.Contains("ALPN protocol: http/1.1", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Verify return code: 0 (ok)", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Peer signing digest: SHA256", ended.Output, StringComparison.Ordinal);
        string[] words = ["-c", "printf %s \"$1\" | openssl x509 -noout -ext subjectAltName", "sh", Pem().Match(ended.Output).Value];
        var names = await ChildProcess.RunAsync("sh", words, CleanEnvironment.With());
        Assert.EndsWith($"IP Address:{_neighbours.Host}", names.Output.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", names.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_renegotiates_is_disconnected()
    {
        await using var sidecar = await StartAsync($"{_neighbours.Guest}");
        var ended = await ChildProcess.RunAsync(_neighbours.Inside[0],
            [.. _neighbours.Inside[1..], "sh", "-c", "(sleep 1; echo R; sleep 1) | openssl s_client -tls1_2 -connect \"$1\"", "sh",
                Authority(sidecar)], CleanEnvironment.With());
        Assert.Contains("RENEGOTIATING", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.Matches("no renegotiation|unexpected eof|alert", ended.Output + ended.Errors);
    }

    [Fact]
    public async Task Clients_keep_calling_while_the_certificate_is_swapped()
    {
        var host = $"{_neighbours.Host}";
        var (first, second) = (TestCertificate.Make(host, End), TestCertificate.Make(host, End));
        first.WriteTo(Certificate, Key);
        await using var sidecar = await StartAsync($"{_neighbours.Guest}",
            ("SIDECAR_Listen__Tls__Certificate", Certificate), ("SIDECAR_Listen__Tls__Key", Key));
        await File.WriteAllLinesAsync(Path.Combine(_folder, "ca.pem"),
            [first.Authority.ExportCertificatePem(), second.Authority.ExportCertificatePem()], TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var calling = CallAsync(sidecar, stop.Token);

        second.WriteTo(Certificate, Key);
        await Eventually.HoldsAsync(() => sidecar.Output.Any(line => line.Contains("\"EventId\":902,", StringComparison.Ordinal)),
            () => string.Join('\n', sidecar.Output));
        Assert.Equal("200", (await CurlAsync(sidecar)).Output);
        await stop.CancelAsync();
        Assert.All(await calling, code => Assert.Equal("200", code));
        Assert.True((await calling).Count > 1);
    }

    /// <summary>Its authority ends with the process, so a client has to read the file again.</summary>
    [Fact]
    public async Task After_a_restart_a_client_that_reads_the_file_again_is_served()
    {
        var port = FreePort.Find();
        string before;
        await using (var sidecar = await StartAsync($"{_neighbours.Guest}", ("SIDECAR_Listen__Tls__Port", $"{port}")))
        {
            Assert.Equal("200", (await CurlAsync(sidecar)).Output);
            before = Path.Combine(_folder, "before.pem");
            File.Copy(Path.Combine(_folder, "ca.pem"), before);
        }

        await using var next = await StartAsync($"{_neighbours.Guest}", ("SIDECAR_Listen__Tls__Port", $"{port}"));
        Assert.Equal("200", (await CurlAsync(next)).Output);
        var stale = await CurlAsync(next, before);
        Assert.Equal((60, "000"), (stale.Code, stale.Output));
    }

    private static DateTimeOffset End => TimeProvider.System.GetUtcNow().AddDays(60);

    private Task<SidecarProcess> StartAsync(string peers, params IEnumerable<(string Name, string? Value)> more) =>
        SidecarProcess.StartAsync(_emulator,
        [
            .. TlsTask.Variables(_folder, $"{_neighbours.Host}"), ("SIDECAR_Listen__Tls__Addresses__0", $"{_neighbours.Host}"),
            ("SIDECAR_Access__Peers__0", peers), .. more,
        ]);

    private static Uri Endpoint(SidecarProcess sidecar) => new(sidecar.Tls!, "/v1/credentials");

    private static string Authority(SidecarProcess sidecar) => sidecar.Tls!.Authority;

    // The first answer comes with the first session.
    private Task<ChildProcess.Ended> CurlAsync(SidecarProcess sidecar, string? authority = null) => _neighbours.RunAsync("curl", "-sS",
        "--retry", "5", "--cacert", authority ?? Path.Combine(_folder, "ca.pem"), "-o", "/dev/null", "-w", "%{http_code}",
        "-H", $"Authorization: {sidecar.Token}", $"{Endpoint(sidecar)}");

    private Task<ChildProcess.Ended> OpensslAsync(SidecarProcess sidecar, params string[] options) => _neighbours.RunAsync(
        ["openssl", "s_client", "-connect", Authority(sidecar), "-CAfile", Path.Combine(_folder, "ca.pem"), .. options]);

    private async Task<IReadOnlyList<string>> CallAsync(SidecarProcess sidecar, CancellationToken stop)
    {
        var codes = new List<string>();

        while (!stop.IsCancellationRequested)
        {
            codes.Add((await CurlAsync(sidecar)).Output);
        }

        return codes;
    }

    [GeneratedRegex("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")]
    private static partial Regex Pem();
}
