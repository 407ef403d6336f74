using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Sources;

/// <summary>Why STS was not reached, over real sockets and through the real AWS SDK.</summary>
public sealed class UnreachableTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("unreachable-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_refused_connection_names_host_and_port() =>
        Assert.Equal(
            "STS could not be reached: the connection to 127.0.0.1:1 failed: Connection refused.",
            await WhyAsync("http://127.0.0.1:1"));

    [Fact]
    public async Task A_name_that_does_not_resolve_is_named() =>
        Assert.StartsWith(
            "STS could not be reached: the name sts.invalid could not be resolved (",
            await WhyAsync("https://sts.invalid"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Plain_HTTP_on_a_port_for_TLS_is_recognised()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerPlainlyAsync(listener);

        Assert.Equal(
            $"STS could not be reached: TLS with {listener.LocalEndpoint} failed: the port does not speak TLS.",
            await WhyAsync($"https://{listener.LocalEndpoint}"));
        listener.Stop();
        await answering;
    }

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
            "The certificate is of \"CN=Example Corp Inspection\", issued by \"CN=Example Corp Inspection\".",
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
            $"AWS_CA_BUNDLE is \"{path}\", and only the authorities in it are trusted for STS: " +
            "add the one that issued this certificate, or unset AWS_CA_BUNDLE to trust the system's.",
            refused.Advice);
    }

    [Fact]
    public async Task A_certificate_for_another_name_says_which_name_was_wanted_and_which_it_has()
    {
        await using var tls = new TlsServer("CN=old", "192.0.2.7", DateTimeOffset.UtcNow.AddDays(1));
        var refused = await FailAsync($"https://{tls.Place}", ("AWS_CA_BUNDLE", Bundle(tls.Pem)));

        Assert.EndsWith($"TLS with {tls.Place} failed: its certificate is not for 127.0.0.1.", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            "The certificate is of \"CN=old\", issued by \"CN=old\", for the names 192.0.2.7.",
            refused.ForOperator,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is not XML", "its XML cannot be read")]
    [InlineData("", "its XML cannot be read")]
    public async Task What_answers_but_is_no_STS_was_reached(string body, string why)
    {
        await using var server = RawServer.Http(200, body);
        var refused = await FailAsync($"http://{server.Uri.Authority}");

        Assert.EndsWith($"something answered 200 in the place of STS: {why}.", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"Check that {server.Uri.Authority} is an STS, and that no proxy on the way answers in its place.", refused.Advice);
    }

    [Fact]
    public async Task A_certificate_that_has_ended_says_when()
    {
        await using var tls = new TlsServer("CN=old", "127.0.0.1", DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Contains("its certificate is not valid now (from ", await WhyAsync($"https://{tls.Place}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(407, "the proxy {0} did not accept the user name and password that https_proxy gives (407)")]
    [InlineData(403, "the proxy {0} does not allow connections to sts.eu-central-1.amazonaws.com (403)")]
    [InlineData(502, "the proxy {0} could not connect to sts.eu-central-1.amazonaws.com (502)")]
    public async Task A_proxy_that_does_not_connect_is_named_without_its_password(int status, string why)
    {
        await using var proxy = RawServer.Http(status, "no");
        var place = proxy.Uri.Authority;
        var expected = string.Format(null, System.Text.CompositeFormat.Parse(why), place);
        Assert.Equal(expected, (await ByProxyAsync(new Uri($"http://who:proxy-password@{place}"))).Why);
    }

    [Fact]
    public async Task A_proxy_that_refuses_connections_is_named() => Assert.Equal(
        "the connection to the proxy 127.0.0.1:1 failed: Connection refused",
        (await ByProxyAsync(new Uri("http://who:proxy-password@127.0.0.1:1"))).Why);

    [Fact]
    public async Task A_proxy_whose_name_does_not_resolve_is_named() => Assert.StartsWith(
        "the name proxy.invalid could not be resolved, which is the proxy's (",
        (await ByProxyAsync(new Uri("http://proxy.invalid:3128"))).Why,
        StringComparison.Ordinal);

    [Fact]
    public void Timeouts_name_host_and_port()
    {
        var target = new Uri("https://sts.eu-central-1.amazonaws.com/");

        Assert.Equal(
            "no connection to sts.eu-central-1.amazonaws.com:443 within the time limit for connecting",
            Unreachable.From(new TaskCanceledException("x", new TimeoutException()), new Sending { Target = target }).Why);
        Assert.Equal("no answer within 3 s from sts.eu-central-1.amazonaws.com:443 through the proxy proxy:3128",
            Unreachable.From(
                new Polly.Timeout.TimeoutRejectedException("x", TimeSpan.FromSeconds(3)),
                new Sending { Target = target, Proxy = By("http://proxy:3128") }).Why);
    }

    [Fact]
    public async Task A_rule_that_the_SDK_alone_knows_is_a_mistake_of_the_configuration_and_no_outage()
    {
        var hop = Assuming.Hop with { Region = "not a region" };
        var refused = await Assert.ThrowsAsync<CredentialException>(() => Assuming.AsReportsAsync(hop, Assuming.Signer));

        Assert.Equal((CredentialFailure.InvalidHop, false), (refused.Failure, refused.MayPassAtOnce));
        Assert.Equal(
            $"Cannot assume {Settings.ReportsRole} (hop 1): the AWS SDK cannot make this call with the present configuration.",
            refused.Message);
        Assert.Contains(
            "The SDK says: The specified 'not a region' region is not a valid hostname component.",
            refused.ForOperator,
            StringComparison.Ordinal);
    }

    private string Bundle(string pem)
    {
        var path = Path.Combine(_directory, "bundle.pem");
        File.WriteAllText(path, pem);
        return path;
    }

    private static async Task<string> WhyAsync(string sts) => (await FailAsync(sts)).Message.Split("(hop 1): ")[1];

    private static Task<CredentialException> FailAsync(string sts, params IEnumerable<(string Name, string? Value)> changes) =>
        Assert.ThrowsAsync<CredentialException>(() => Assuming.AsReportsAsync(
            Assuming.Hop,
            Assuming.Signer,
            [("AWS_ENDPOINT_URL_STS", sts), ("SIDECAR_Sts__AllowPlainHttp", "true"), .. changes]));

    private static ProxySettings By(string address) => new("https_proxy", new Uri(address), []);

    private static async Task<Unreachable> ByProxyAsync(Uri proxy)
    {
        using var handler = DirectHttp.Handler(proxied: true);
        handler.Proxy = new WebProxy(proxy);
        using var http = new HttpClient(handler);
        var target = new Uri("https://sts.eu-central-1.amazonaws.com/");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => http.GetAsync(target));
        var unreachable = Unreachable.From(failure, new Sending { Target = target, Proxy = By(proxy.ToString()) });

        Assert.DoesNotContain("proxy-password", unreachable.ToString(), StringComparison.Ordinal);
        return unreachable;
    }

    private static async Task AnswerPlainlyAsync(System.Net.Sockets.TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var buffer = new byte[1024];
                _ = await client.GetStream().ReadAsync(buffer);
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            }
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
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
