using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace CredentialSidecar.Sources;

/// <summary>Accepts what the platform accepts, and says of any other certificate whose it is and what is wrong with it.</summary>
internal static class ServerCertificate
{
    private const int LongestName = 200;

    public static bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw new CertificateException(Why(certificate, chain, errors), Whose(certificate));

    private static string Why(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);

        return errors switch
        {
            _ when certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "it sent no certificate",
            _ when flags.HasFlag(X509ChainStatusFlags.NotTimeValid) => $"its certificate is not valid now (from {Date(certificate, c => c.NotBefore)} to {Date(certificate, c => c.NotAfter)})",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) => $"its certificate is not trusted: no certificate authority that this container knows signed it ({flags})",
            _ => "its certificate is for another name",
        };
    }

    private static string Whose(X509Certificate? certificate) =>
        certificate is null ? "" : $"The certificate is of \"{Short(certificate.Subject)}\", issued by \"{Short(certificate.Issuer)}\"";

    private static string Date(X509Certificate certificate, Func<X509Certificate2, DateTime> which) =>
        certificate is X509Certificate2 known ? which(known).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : "?";

    private static string Short(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;
}

/// <summary>A certificate that is not accepted.</summary>
/// <param name="whose">Its names, which are text from outside.</param>
internal sealed class CertificateException(string why, string whose) : AuthenticationException(why)
{
    public string Whose => whose;
}
