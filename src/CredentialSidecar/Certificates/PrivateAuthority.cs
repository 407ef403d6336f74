using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CredentialSidecar.Certificates;

/// <summary>A certificate authority of this process, which issues the server's certificates.</summary>
/// <remarks>
/// Its key stays in memory. Its certificate limits it to the names of <c>Access:Hosts</c>, so a client that trusts it trusts no other
/// server more than before.
/// </remarks>
internal sealed class PrivateAuthority : IDisposable
{
    /// <summary>How long a server's certificate is valid. The next one is issued after half of it.</summary>
    public static readonly TimeSpan LeafLife = TimeSpan.FromHours(24);

    /// <summary>Longer than any process lives: a client reads the authority once, and its key ends with the process.</summary>
    public static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    /// <summary>The clocks of two hosts may differ.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private static readonly OidCollection ForServers = [new Oid("1.3.6.1.5.5.7.3.1")];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ImmutableArray<string> _hosts;

    /// <param name="hosts">The DNS names and IPv4 addresses of the server.</param>
    public PrivateAuthority(ImmutableArray<string> hosts, DateTimeOffset now)
    {
        _hosts = hosts;

        // Each authority has another name, so that a file with two of them is not ambiguous.
        var number = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var name = new X500DistinguishedName($"CN=CredentialSidecar authority {number}");
        var request = new CertificateRequest(name, _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(ForServers, critical: false));
        request.CertificateExtensions.Add(NameConstraints.Of(hosts));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var signed = request.Create(
            name, X509SignatureGenerator.CreateForECDsa(_key), now - Backdated, now + AuthorityLife, Serial());
        Certificate = X509CertificateLoader.LoadCertificate(signed.RawData);
    }

    /// <summary>The authority's certificate, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Issues a certificate with a new key.</summary>
    public X509Certificate2 Issue(DateTimeOffset now) => Issue(now, _hosts);

    /// <summary>Issues a certificate for any names. Clients accept only those of the authority's constraints.</summary>
    internal X509Certificate2 Issue(DateTimeOffset now, ImmutableArray<string> hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=CredentialSidecar"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(ForServers, critical: false));
        request.CertificateExtensions.Add(Names(hosts));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var signed = request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - Backdated, now + LeafLife, Serial());
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static X509Extension Names(ImmutableArray<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();

        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names.Build();
    }

    // RFC 5280: positive, and at most 20 bytes.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
