using System.Net;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Tests.Certificates;

/// <summary>A sidecar that serves TLS on loopback, with a directory for its files.</summary>
public abstract class TlsTest : IDisposable
{
    internal const string Host = "sidecar.test";

    internal string Folder { get; } = Directory.CreateTempSubdirectory("tls-").FullName;

    internal string CertificatePath => Path.Combine(Folder, "tls.crt");

    internal string KeyPath => Path.Combine(Folder, "tls.key");

    internal X509Certificate2 Authority => X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Folder, "ca.pem"));

    /// <summary>With a certificate that the sidecar makes.</summary>
    internal Task<SidecarFixture> StartAsync(params IEnumerable<(string Name, string? Value)> changes) => Settle(SidecarFixture.StartAsync(
        null, [("SIDECAR_SHARED_DIR", Folder), ("SIDECAR_Listen__Tls__Port", "0"), ("SIDECAR_Access__Hosts__0", Host), .. changes]));

    /// <summary>With the certificate in the two files.</summary>
    internal Task<SidecarFixture> StartWithFilesAsync(params IEnumerable<(string Name, string? Value)> changes) => Settle(
        SidecarFixture.StartAsync(null,
        [
            ("SIDECAR_Listen__Tls__Port", "0"), ("SIDECAR_Access__Hosts__0", Host),
            ("SIDECAR_Listen__Tls__Certificate", CertificatePath), ("SIDECAR_Listen__Tls__Key", KeyPath), .. changes,
        ]));

    internal static TlsClient ClientOf(SidecarFixture sidecar, X509Certificate2 authority) =>
        new(IPEndPoint.Parse(sidecar.TlsEndpoint.Authority), Host, authority, sidecar.Clock.GetUtcNow());

    internal static Task<string> AskAsync(SidecarFixture sidecar, X509Certificate2 authority) => AskAsync(ClientOf(sidecar, authority));

    internal static Task<string> AskAsync(TlsClient client) => client.AskAsync(client.Get("/v1/credentials/reports", Settings.Token));

    internal static IEnumerable<string> Logged(SidecarFixture sidecar, int id) =>
        sidecar.Logs.Lines.Where(line => line.Event.Id == id).Select(line => line.Text);

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static async Task<SidecarFixture> Settle(Task<SidecarFixture> starting)
    {
        var sidecar = await starting;
        await sidecar.SettleAsync();
        return sidecar;
    }
}
