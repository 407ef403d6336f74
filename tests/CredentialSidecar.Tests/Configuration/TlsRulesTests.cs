using System.Security.Cryptography;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The settings of the TLS listener.</summary>
public sealed class TlsRulesTests : IDisposable
{
    private static readonly (string, string?)[] Own =
        [("SIDECAR_Listen__Tls__Port", "9443"), ("SIDECAR_Access__Hosts__0", "sidecar"), ("SIDECAR_SHARED_DIR", "/shared")];

    private readonly string _folder = Directory.CreateTempSubdirectory("tls-").FullName;

    private string CertificatePath => Path.Combine(_folder, "tls.crt");

    private string KeyPath => Path.Combine(_folder, "tls.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_port_there_is_no_TLS()
    {
        Assert.Null(Settings.Load().Listen.Tls);
        Assert.Equal(9443, Settings.Load(Own).Listen.Tls!.Port);
        Assert.Equal(["/shared"], Settings.Load(Own).Listen.Tls!.Directories);
    }

    [Theory]
    [InlineData("Listen__Tls__Port", "70000", "SIDECAR_Listen__Tls__Port is 70000; expected a port number (0-65535)")]
    [InlineData("Listen__Tls__Port", "https", "SIDECAR_Listen__Tls__Port is \"https\"; expected a port number (0-65535)")]
    [InlineData("PORT", "9443", "SIDECAR_Listen__Tls__Port is 9443, which SIDECAR_PORT already uses; set different ports")]
    [InlineData("HEALTH_PORT", "9443", "SIDECAR_Listen__Tls__Port is 9443, which SIDECAR_HEALTH_PORT already uses; set different ports")]
    [InlineData("Interception__Uids__1000", "reports:9443",
        "SIDECAR_Interception__Uids__1000 has port 9443, which SIDECAR_Listen__Tls__Port already uses; set another port")]
    [InlineData("Listen__Tls__Addresses__0", "here",
        "SIDECAR_Listen__Tls__Addresses__0 is \"here\"; expected an IP address such as 127.0.0.1")]
    [InlineData("Listen__Tls__Addresses__0", "10.0.0.5",
        "SIDECAR_Listen__Tls__Addresses__0 is \"10.0.0.5\", which other hosts can reach, but Access:Peers lists no network")]
    [InlineData("Listen__Tls__Addresses__0", "0.0.0.0",
        "SIDECAR_Listen__Tls__Addresses__0 is \"0.0.0.0\", which other hosts can reach, but Access:Peers lists no network")]
    [InlineData("Access__AllowAnonymous", "true",
        "SIDECAR_Access__AllowAnonymous is true, but SIDECAR_Listen__Tls__Port is set, and a request over TLS always needs a token")]
    [InlineData("Access__Hosts__0", null,
        "SIDECAR_Access__Hosts is empty, but SIDECAR_Listen__Tls__Port is set, and the certificate that the sidecar makes names exactly")]
    [InlineData("Access__Hosts__0", "a..b", "SIDECAR_Access__Hosts__0 is \"a..b\", which no certificate can name")]
    [InlineData("Access__Hosts__0", "ends-with-", "SIDECAR_Access__Hosts__0 is \"ends-with-\", which no certificate can name")]
    [InlineData("SHARED_DIR", null, "SIDECAR_Listen__Tls__Port is set, but no directory is shared, and clients read the authority")]
    [InlineData("Listen__Tls__Key", "/key", "SIDECAR_Listen__Tls__Certificate is not set, but a certificate needs both files")]
    [InlineData("Listen__Tls__Certificate", "/crt", "SIDECAR_Listen__Tls__Key is not set, but a certificate needs both files")]
    public void A_mistake_is_named_with_its_key_and_what_to_do(string name, string? value, string expected)
    {
        var mistakes = Loading.Mistakes([.. Own, ($"SIDECAR_{name}", value)]);
        Assert.Contains(mistakes, mistake => mistake.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Addresses__0", "127.0.0.1")]
    [InlineData("Certificate", "/crt")]
    [InlineData("Key", "/key")]
    public void A_setting_without_a_port_is_a_mistake(string name, string value) => Assert.Contains(
        Loading.Mistakes(($"SIDECAR_Listen__Tls__{name}", value)), mistake => mistake ==
            $"SIDECAR_Listen__Tls__{name.Split("__")[0]} is set, but SIDECAR_Listen__Tls__Port is not; "
            + "set the port that serves TLS, for example 9443");

    [Fact]
    public void Peers_allow_an_address_beyond_loopback() => Assert.Empty(Loading.Mistakes(
        [.. Own, ("SIDECAR_Listen__Tls__Addresses__0", "10.0.0.5"), ("SIDECAR_Access__Peers__0", "10.0.0.0/24")]));

    [Theory]
    [InlineData("no-certificate", "Certificate", "which has no certificate; expected PEM")]
    [InlineData("torn-certificate", "Certificate", "which has a certificate that cannot be read; write the file again")]
    [InlineData("for-clients", "Certificate", "which has a certificate that is not for servers (\"CN=Server of a test\")")]
    [InlineData("short-rsa", "Certificate", "which has an RSA key of 1024 bits, which clients reject")]
    [InlineData("no-key", "Key", "which has no private key; expected PEM")]
    [InlineData("encrypted-key", "Key", "which is encrypted; give the key without a password")]
    [InlineData("other-key", "Key", "which does not hold the key of the certificate in ")]
    [InlineData("torn-key", "Key", "which does not hold the key of the certificate in ")]
    [InlineData("missing", "Key", "which does not exist; give the path of a PEM file")]
    [InlineData("directory", "Certificate", "which is a directory; give the path of a PEM file")]
    public void Files_that_cannot_be_used_are_a_mistake(string what, string name, string expected)
    {
        Write(what);
        Assert.Contains(Load(), mistake => mistake.StartsWith($"SIDECAR_Listen__Tls__{name} is \"{_folder}", StringComparison.Ordinal)
            && mistake.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public void A_certificate_needs_no_host_and_no_directory(string what)
    {
        Write(what);
        Assert.Empty(Load(("SIDECAR_Access__Hosts__0", null)));
        Assert.NotNull(Settings.Load([.. Files]).Listen.Tls!.Pair);
    }

    [Fact]
    public void Names_that_the_Host_header_may_not_have_are_a_warning()
    {
        Write("ecdsa");
        Assert.Empty(Loading.Warnings([.. Files, ("SIDECAR_Access__Hosts__0", "sidecar.test")]));
        Assert.Single(Loading.Warnings([.. Files, ("SIDECAR_Access__Hosts__0", "sidecar")]), warning =>
            warning.StartsWith("SIDECAR_Listen__Tls__Certificate names no host of Access:Hosts", StringComparison.Ordinal));
    }

    private (string, string?)[] Files =>
    [
        ("SIDECAR_Listen__Tls__Port", "9443"), ("SIDECAR_Listen__Tls__Certificate", CertificatePath), ("SIDECAR_Listen__Tls__Key", KeyPath),
    ];

    private IReadOnlyList<string> Load(params IEnumerable<(string, string?)> more) => Loading.Mistakes([.. Files, .. more]);

    private void Write(string what)
    {
        var end = DateTimeOffset.Parse("2030-01-01Z", System.Globalization.CultureInfo.InvariantCulture);
        var good = TestCertificate.Make("sidecar.test", end, what switch
        {
            "rsa" => RSA.Create(2048),
            "short-rsa" => RSA.Create(1024),
            _ => null,
        }, what == "for-clients" ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1");
        (what switch
        {
            "no-certificate" => good with { Chain = "nothing" },
            "torn-certificate" => good with { Chain = good.Chain.Remove(100, 4) },
            "no-key" => good with { Key = good.Chain },
            "encrypted-key" => good with { Key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n" },
            "other-key" => good with { Key = TestCertificate.Make("sidecar.test", end).Key },
            "torn-key" => good with { Key = good.Key[..80] },
            _ => good,
        }).WriteTo(CertificatePath, KeyPath);

        if (what == "missing")
        {
            File.Delete(KeyPath);
        }
        else if (what == "directory")
        {
            File.Delete(CertificatePath);
            Directory.CreateDirectory(CertificatePath);
        }
    }
}
