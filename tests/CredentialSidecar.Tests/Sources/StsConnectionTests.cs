using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CredentialSidecar.Chains;
using CredentialSidecar.Sources;
using CredentialSidecar.Telemetry;
using CredentialSidecar.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>A private authority and a proxy, with the real SDK over real sockets.</summary>
public sealed class StsConnectionTests : IDisposable
{
    private static readonly TemporaryCredentials Signer = new(
        "ASIASIGNER", "signer-secret", "signer-token", null, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);

    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _server;
    private readonly string _directory = Directory.CreateTempSubdirectory("authority-").FullName;

    public StsConnectionTests()
    {
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(2));
        using var root = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Example Corp Inspection Root", root, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = authority.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        using var signed = server.Create(_authority, from, to.AddHours(-1), [1, 2, 3, 4]);
        using var whole = signed.CopyWithPrivateKey(key);
        _server = X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private string Bundle => Path.Combine(_directory, "ca.pem");

    public void Dispose()
    {
        _authority.Dispose();
        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task AWS_CA_BUNDLE_is_trusted_and_nothing_else_is()
    {
        await using var sts = Sts();
        var address = $"https://localhost:{sts.Uri.Port}";
        await File.WriteAllTextAsync(Bundle, _authority.ExportCertificatePem() + "\n", TestContext.Current.CancellationToken);
        var session = await AssumeAsync(("AWS_ENDPOINT_URL_STS", address), ("AWS_CA_BUNDLE", Bundle));
        Assert.Equal("ASIANEW", session.AccessKeyId);

        await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(("AWS_ENDPOINT_URL_STS", address)));
    }

    [Fact]
    public async Task HTTPS_PROXY_is_asked_for_the_regions_STS_and_NO_PROXY_is_not()
    {
        var asked = new List<string>();
        await using var proxy = RawServer.Custom((head, stream, stop) =>
        {
            lock (asked)
            {
                asked.Add(head.Split("\r\n")[0]);
            }

            return stream.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stop).AsTask();
        });
        await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(("HTTPS_PROXY", proxy.Uri.ToString())));
        Assert.All(asked, line => Assert.Equal("CONNECT sts.eu-central-1.amazonaws.com:443 HTTP/1.1", line));
        Assert.NotEmpty(asked);

        var before = asked.Count;
        await Assert.ThrowsAsync<CredentialException>(() => AssumeAsync(
            ("AWS_ENDPOINT_URL_STS", "https://localhost:1"),
            ("HTTPS_PROXY", proxy.Uri.ToString()),
            ("NO_PROXY", "localhost")));
        Assert.Equal(before, asked.Count);
    }

    private RawServer Sts() => RawServer.Custom(async (_, stream, stop) =>
    {
        var body = RoleAssumerTest.Answer();
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head + body), stop);
    }, secure: async stream =>
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(_server);
        return tls;
    });

    private static async Task<TemporaryCredentials> AssumeAsync(params (string, string?)[] changes)
    {
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<SidecarMetrics>().BuildServiceProvider();
        var settings = Settings.Load(changes);
        using var clients = new StsClients(settings.Sts, TimeProvider.System);
        var assumer = new RoleAssumer(
            clients,
            new SecretMask(settings.Secrets, settings.ExternalIds, TimeProvider.System),
            services.GetRequiredService<SidecarMetrics>(),
            TimeProvider.System,
            NullLogger<RoleAssumer>.Instance);
        return await assumer.AssumeAsync(RoleAssumerTest.Hop(), new NodeLabel("reports", 1), Signer, CancellationToken.None);
    }
}
