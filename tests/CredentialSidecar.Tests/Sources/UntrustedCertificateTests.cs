using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>The operator learns which certificate was rejected and why.</summary>
public sealed class UntrustedCertificateTests : UnreachableTest
{
    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_named_to_the_operator_alone()
    {
        await using var tls = new TlsServer("CN=Example Corp Inspection", "127.0.0.1", DateTimeOffset.UtcNow.AddDays(1));
        var refused = await FailAsync($"https://{tls.Place}");

        Assert.StartsWith(
            $"Cannot assume {Settings.ReportsRole} (hop 1): STS could not be reached: " +
            $"TLS with {tls.Place} failed: its certificate is not trusted: ",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "The certificate belongs to \"CN=Example Corp Inspection\", issued by \"CN=Example Corp Inspection\".",
            refused.ForOperator,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Example Corp", refused.Message, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", refused.Advice, StringComparison.Ordinal);
        Assert.Equal(CredentialFailure.StsUnavailable, refused.Failure);
    }

    [Fact]
    public async Task A_certificate_beside_a_bundle_says_that_the_bundle_alone_counts()
    {
        await using var tls = new TlsServer("CN=Example Corp Inspection", "127.0.0.1", DateTimeOffset.UtcNow.AddDays(1));
        await using var other = new TlsServer("CN=other", "127.0.0.1", DateTimeOffset.UtcNow.AddDays(1));
        var path = Bundle(other.Pem);
        var refused = await FailAsync($"https://{tls.Place}", ("AWS_CA_BUNDLE", path));

        Assert.Equal(
            $"AWS_CA_BUNDLE is \"{path}\", so the sidecar trusts only its authorities for STS. " +
            "Add the one that issued this certificate, or unset AWS_CA_BUNDLE to trust the system's.",
            refused.Advice);
    }

    [Fact]
    public async Task A_certificate_for_another_name_says_which_name_was_wanted_and_which_it_has()
    {
        await using var tls = new TlsServer("CN=old", "192.0.2.7", DateTimeOffset.UtcNow.AddDays(1));
        var refused = await FailAsync($"https://{tls.Place}", ("AWS_CA_BUNDLE", Bundle(tls.Pem)));

        Assert.EndsWith($"TLS with {tls.Place} failed: its certificate is not for 127.0.0.1.", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            "The certificate belongs to \"CN=old\", issued by \"CN=old\", for the names 192.0.2.7.",
            refused.ForOperator,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_has_ended_says_when()
    {
        await using var tls = new TlsServer("CN=old", "127.0.0.1", DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Contains("its certificate is not valid now (from ", await WhyAsync($"https://{tls.Place}"), StringComparison.Ordinal);
    }

    private string Bundle(string pem)
    {
        var path = Path.Combine(Folder, "bundle.pem");
        File.WriteAllText(path, pem);
        return path;
    }

    /// <summary>Shakes hands with a certificate of its own making, and says nothing.</summary>
    private sealed class TlsServer : IAsyncDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;
        private readonly Task _serving;

        public TlsServer(string subject, string address, DateTimeOffset until)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Parse(address));
            request.CertificateExtensions.Add(names.Build());
            _certificate = request.CreateSelfSigned(until.AddDays(-10), until);
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Pem => _certificate.ExportCertificatePem();

        public string Place => _listener.LocalEndpoint.ToString()!;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _certificate.Dispose();
            _listener.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await using var stream = new SslStream(client.GetStream());

                    try
                    {
                        await stream.AuthenticateAsServerAsync(_certificate);
                        _ = await stream.ReadAsync(new byte[1]);
                    }
                    catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                    {
                        // The client did not like the certificate.
                    }
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or InvalidOperationException)
            {
                // The test is over.
            }
        }
    }
}
