using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CredentialSidecar.Testing;

/// <summary>A server's certificate from an authority of the test, as the files that an operator would mount.</summary>
/// <param name="Chain">PEM, the server's certificate first.</param>
/// <param name="Key">PEM.</param>
internal sealed record TestCertificate(string Chain, string Key, X509Certificate2 Authority)
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";

    public static TestCertificate Make(string host, DateTimeOffset end, AsymmetricAlgorithm? key = null, string usage = ForServers)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest($"CN=Authority of a test {Guid.NewGuid()}", authorityKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var authority = root.CreateSelfSigned(start, new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));

        using var own = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = own is RSA rsa
            ? new CertificateRequest("CN=Server of a test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=Server of a test", (ECDsa)own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();

        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var leaf = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), start, end,
            RandomNumberGenerator.GetBytes(8));
        return new TestCertificate(leaf.ExportCertificatePem(), own.ExportPkcs8PrivateKeyPem(),
            X509CertificateLoader.LoadCertificate(authority.RawData));
    }

    /// <summary>Writes both files.</summary>
    public void WriteTo(string chain, string key)
    {
        File.WriteAllText(chain, Chain);
        File.WriteAllText(key, Key);
    }
}
