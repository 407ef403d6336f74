using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Certificates;

/// <summary>Serving over TLS with a certificate that the sidecar makes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OwnCertificateTests : TlsTest
{
    [Fact]
    public async Task It_serves_the_same_contract_to_the_same_token()
    {
        await using var sidecar = await StartAsync();
        var client = ClientOf(sidecar, Authority);

        Assert.Contains("AccessKeyId", await AskAsync(client), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await client.AskAsync(client.Get("/v1/credentials/reports", "wrong")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401 ", await client.AskAsync(client.Get("/v1/credentials/reports", "")), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await client.AskAsync(client.Get("/status", Settings.Token)), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"InvalidRequest\"", await client.AskAsync("nonsense\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains("https://127.0.0.1:", $"{sidecar.TlsEndpoint}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // The test shows that the sidecar rejects it.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task It_speaks_TLS_1_2_and_1_3(SslProtocols version, bool isSpoken)
    {
        await using var sidecar = await StartAsync();
        var client = ClientOf(sidecar, Authority);

        if (!isSpoken)
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => client.ConnectAsync(version));
            return;
        }

        await using var stream = await client.ConnectAsync(version, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
        Assert.Equal((version, SslApplicationProtocol.Http11), (stream.SslProtocol, stream.NegotiatedApplicationProtocol));
    }

    [Fact]
    public async Task A_client_that_speaks_only_HTTP_2_gets_no_connection()
    {
        await using var sidecar = await StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(
            () => ClientOf(sidecar, Authority).ConnectAsync(SslProtocols.Tls12, SslApplicationProtocol.Http2));
    }

    [Fact]
    public async Task The_next_certificate_comes_after_half_of_a_day_and_open_connections_stay()
    {
        await using var sidecar = await StartAsync();
        var (authority, client) = (Authority, ClientOf(sidecar, Authority));
        await using var open = await client.ConnectAsync();
        var first = open.RemoteCertificate!.GetCertHashString();

        await sidecar.AdvanceAsync(TimeSpan.FromHours(11));
        await using (var later = await client.ConnectAsync())
        {
            Assert.Equal(first, later.RemoteCertificate!.GetCertHashString());
        }

        await sidecar.AdvanceAsync(TimeSpan.FromHours(14));
        client = ClientOf(sidecar, authority);
        await using var next = await client.ConnectAsync();

        Assert.NotEqual(first, next.RemoteCertificate!.GetCertHashString());
        Assert.Contains(" 200 ", await TlsClient.AskAsync(open, client.Get("/v1/credentials/reports", Settings.Token)),
            StringComparison.Ordinal);
        Assert.Equal(3, Logged(sidecar, 901).Count());
        Assert.Equal(authority.Thumbprint, Authority.Thumbprint);
    }

    [Fact]
    public async Task Siblings_find_its_authority_in_each_shared_directory()
    {
        var other = Directory.CreateDirectory(Path.Combine(Folder, "web")).FullName;
        await using var sidecar = await StartAsync(
            ("SIDECAR_Access__Clients__web__SharedDirectory", other), ("SIDECAR_Access__Clients__web__Destinations__0", "reports"));

        Assert.All([Folder, other], directory =>
        {
            var bundle = new X509Certificate2Collection();
            bundle.ImportFromPemFile(Path.Combine(directory, "ca-bundle.pem"));
            var java = X509CertificateLoader.LoadPkcs12CollectionFromFile(Path.Combine(directory, "ca.p12"), "changeit");
            Assert.Contains(bundle, one => one.Thumbprint == Authority.Thumbprint);
            Assert.Equal(bundle.Select(one => one.Thumbprint).Order(), java.Select(one => one.Thumbprint).Order());
            Assert.All(new[] { "ca.pem", "ca-bundle.pem", "ca.p12" }, name =>
                Assert.Equal((UnixFileMode)0b100_100_100, File.GetUnixFileMode(Path.Combine(directory, name))));
        });
        Assert.Contains(Authority.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant(),
            Assert.Single(Logged(sidecar, 900)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_gone_come_back_with_the_next_certificate()
    {
        await using var sidecar = await StartAsync();
        var authority = Authority;
        File.Delete(Path.Combine(Folder, "ca.pem"));

        await sidecar.AdvanceAsync(TimeSpan.FromHours(13));
        Assert.Equal(authority.Thumbprint, Authority.Thumbprint);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_a_mistake()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "ca.pem"));
        var mistakes = await Assert.ThrowsAsync<ConfigurationMistakesException>(() => StartAsync());
        Assert.Contains($"is '{Folder}', where 'ca.pem' cannot be written: its 'ca.pem' is a directory. ", mistakes.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_does_not_trust_it_is_logged()
    {
        await using var sidecar = await StartAsync();
        var stranger = ClientOf(sidecar, TestCertificate.Make(Host, sidecar.Clock.GetUtcNow().AddDays(1)).Authority);

        await Assert.ThrowsAsync<AuthenticationException>(() => stranger.ConnectAsync());
        await Eventually.HoldsAsync(() => Logged(sidecar, 408).Any(), () => "no event 408");
        Assert.Contains("from 127.0.0.1 ended ", Assert.Single(Logged(sidecar, 408)), StringComparison.Ordinal);
    }
}
