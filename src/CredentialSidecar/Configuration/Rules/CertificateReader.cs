using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Reads a configured certificate and its private key, and checks that they fit together.</summary>
internal static class CertificateReader
{
    public const string CertificateKey = "Listen:Tls:Certificate", KeyKey = "Listen:Tls:Key";

    // A chain of five certificates has less than 16 kB, and some authorities' bundles come in one file.
    private const int Most = 256 * 1024;

    private const string ForServers = "1.3.6.1.5.5.7.3.1", ForEverything = "2.5.29.37.0";

    /// <returns>Null if a mistake was found.</returns>
    public static CertificatePair? Read(CertificateFiles files, Findings findings)
    {
        var chain = Text(CertificateKey, files.Certificate, findings);
        var key = Text(KeyKey, files.Key, findings);
        return chain is not null && key is not null ? Pair(files, chain, key, findings) : null;
    }

    /// <summary>What both files hold now, to compare two reads; a problem is a state too.</summary>
    public static string StateOf(CertificateFiles files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        foreach (var path in new[] { files.Certificate, files.Key })
        {
            var content = SmallFile.Read(path, Most);
            hash.AppendData(SHA256.HashData(content.Bytes ?? Encoding.UTF8.GetBytes($"{content.Problem}")));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string? Text(string key, string path, Findings findings)
    {
        var content = SmallFile.Read(path, Most);

        if (content.Bytes is { } bytes)
        {
            findings.Doubt(key, content);
            return Encoding.UTF8.GetString(bytes);
        }

        findings.Wrong(key, $"is {Shown.Quoted(path)}, which {content.Problem}; {content.Remedy("give the path of a PEM file")}");
        return null;
    }

    private static CertificatePair? Pair(CertificateFiles files, string chain, string key, Findings findings)
    {
        var all = new X509Certificate2Collection();

        try
        {
            all.ImportFromPem(chain);
        }
        catch (CryptographicException)
        {
            return Wrong(CertificateKey, files.Certificate, "has a certificate that cannot be read; write the file again", findings);
        }

        if (all.Count == 0)
        {
            return Wrong(CertificateKey, files.Certificate,
                "has no certificate; expected PEM, which begins with -----BEGIN CERTIFICATE-----", findings);
        }

        if (!IsForServers(all[0]))
        {
            return Wrong(CertificateKey, files.Certificate,
                $"has a certificate that is not for servers ({Name(all[0])}); its extended key usage needs serverAuth", findings);
        }

        return WithKey(files, chain, key, findings) is { } leaf ? new CertificatePair(leaf, [.. all.Skip(1)]) : null;
    }

    private static X509Certificate2? WithKey(CertificateFiles files, string chain, string key, Findings findings)
    {
        if (KeyProblem(key) is { } problem)
        {
            findings.Wrong(KeyKey, $"is {Shown.Quoted(files.Key)}, which {problem}");
            return null;
        }

        try
        {
            var leaf = X509Certificate2.CreateFromPem(chain, key);

            if (Weakness(leaf) is not { } weakness)
            {
                return leaf;
            }

            leaf.Dispose();
            findings.Wrong(CertificateKey, $"is {Shown.Quoted(files.Certificate)}, which {weakness}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Documented is the first one; a key of the same kind that does not fit causes the other.
            findings.Wrong(KeyKey, $"is {Shown.Quoted(files.Key)}, which does not hold the key of the certificate in "
                + $"{Shown.Quoted(files.Certificate)}; give the key that the first certificate of that file was made for");
        }

        return null;
    }

    private static string? KeyProblem(string key) =>
        !key.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? "has no private key; expected PEM, which begins with -----BEGIN PRIVATE KEY-----"
            : key.Contains("ENCRYPTED", StringComparison.Ordinal)
                ? "is encrypted; give the key without a password: openssl pkey -in KEY -out PLAIN_KEY"
                : null;

    /// <summary>Why TLS clients would reject the key.</summary>
    private static string? Weakness(X509Certificate2 leaf)
    {
        using var rsa = leaf.GetRSAPublicKey();
        using var ec = leaf.GetECDsaPublicKey();
        return rsa is { KeySize: < 2048 } ? $"has an RSA key of {rsa.KeySize} bits, which clients reject; use 2048 bits or more, or ECDSA"
            : rsa is null && ec is null ? "has a key of another kind; expected ECDSA or RSA"
            : null;
    }

    private static bool IsForServers(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } usage
        || usage.EnhancedKeyUsages.Cast<Oid>().Any(oid => oid.Value is ForServers or ForEverything);

    private static string Name(X509Certificate2 certificate) => Shown.OnOneLine(Shown.Quoted(certificate.Subject));

    private static CertificatePair? Wrong(string key, string path, string what, Findings findings)
    {
        findings.Wrong(key, $"is {Shown.Quoted(path)}, which {what}");
        return null;
    }
}
