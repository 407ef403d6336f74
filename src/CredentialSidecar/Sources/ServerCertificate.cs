using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Sources;

/// <summary>Validates certificates like the platform. For a rejected one it reports the owner and the problem.</summary>
internal static class ServerCertificate
{
    private const int LongestName = 200;

    public static bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw Refused((sender as SslStream)?.TargetHostName, certificate, chain, errors);

    private static CertificateException Refused(string? wanted, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var flags = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);

        var (fault, why) = errors switch
        {
            _ when certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) =>
                (CertificateFault.None, "it sent no certificate"),
            _ when flags.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
                (CertificateFault.Date,
                    $"its certificate is not valid now (from {Date(certificate, c => c.NotBefore)} to "
                    + $"{Date(certificate, c => c.NotAfter)})"),
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) =>
                (CertificateFault.Trust,
                    $"its certificate is not trusted: it was not issued by a certificate authority that this container trusts ({flags})"),
            _ => (CertificateFault.Name, $"its certificate is not for {wanted ?? "this name"}"),
        };

        return new CertificateException(fault, why, Whose(certificate) + (fault == CertificateFault.Name ? Names(certificate) : ""));
    }

    private static string Names(X509Certificate? certificate) =>
        (certificate as X509Certificate2)?.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
            ? $", for the names {Short(string.Join(", ", names.EnumerateDnsNames().Concat(Addresses(names))))}"
            : "";

    private static IEnumerable<string> Addresses(X509SubjectAlternativeNameExtension names) =>
        names.EnumerateIPAddresses().Select(address => $"{address}");

    private static string Whose(X509Certificate? certificate) =>
        certificate is null
            ? ""
            : $"The certificate belongs to \"{Short(certificate.Subject)}\", issued by \"{Short(certificate.Issuer)}\"";

    private static string Date(X509Certificate certificate, Func<X509Certificate2, DateTime> which) =>
        certificate is X509Certificate2 known
            ? which(known).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
            : "?";

    private static string Short(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;
}

/// <summary>What is wrong with a certificate.</summary>
internal enum CertificateFault
{
    None,
    Date,
    Trust,
    Name,
}

/// <summary>Thrown for a rejected certificate.</summary>
/// <param name="whose">The names in the certificate, which are text from outside.</param>
internal sealed class CertificateException(CertificateFault fault, string why, string whose) : AuthenticationException(why)
{
    public CertificateFault Fault => fault;

    public string Whose => whose;
}

/// <summary>The advice for a rejected certificate.</summary>
internal static class CertificateAdvice
{
    /// <param name="bundle">The file that <c>AWS_CA_BUNDLE</c> names.</param>
    public static string For(CertificateFault fault, string? bundle) => fault switch
    {
        CertificateFault.None => "Check that the address is correct.",
        CertificateFault.Date => "Check the clock of this host. If it is correct, the server needs a new certificate.",
        CertificateFault.Name =>
            "Check that the address is correct. If the name is an alias of another host, use a name in its certificate.",
        _ when bundle is not null =>
            $"AWS_CA_BUNDLE is {Shown.Quoted(bundle)}, so the sidecar trusts only its authorities for STS. "
            + "Add the one that issued this certificate, or unset AWS_CA_BUNDLE to trust the system's.",
        _ => "If a proxy inspects TLS, set AWS_CA_BUNDLE or SSL_CERT_FILE to a PEM file with the CA of that proxy. "
            + "Otherwise check that the address is correct.",
    };
}
