using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Certificates;

/// <summary>The certificate that new TLS connections use. Connections that exist keep theirs.</summary>
internal sealed class ServerIdentity
{
    private volatile SslServerAuthenticationOptions? _terms;

    /// <summary>What the next connection uses.</summary>
    public SslServerAuthenticationOptions Terms =>
        _terms ?? throw new InvalidOperationException("The certificate has not been issued yet.");

    public void Use(CertificatePair pair) => _terms = Of(pair);

    private static SslServerAuthenticationOptions Of(CertificatePair pair) => new()
    {
        // Offline: an intermediate certificate that is missing is not downloaded.
        ServerCertificateContext = SslStreamCertificateContext.Create(pair.Leaf, pair.Others, offline: true),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        ClientCertificateRequired = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        EncryptionPolicy = EncryptionPolicy.RequireEncryption,
    };
}
