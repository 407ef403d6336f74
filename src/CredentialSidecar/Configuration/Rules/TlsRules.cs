using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks the TLS listener, and what it needs.</summary>
internal static partial class TlsRules
{
    public const string PortKey = "Listen:Tls:Port";

    private const string Section = "Listen:Tls", Hosts = "Access:Hosts";

    /// <returns>Null if no port is set.</returns>
    public static TlsSettings? Find(SidecarOptions options, ProcessEnvironment environment, Findings findings)
    {
        var tls = options.Listen.Tls;

        if (tls.Port is not { } port)
        {
            CheckUnused(tls, findings);
            return null;
        }

        ListenRules.Port(PortKey, port, findings);
        ListenRules.Addresses($"{Section}:Addresses", tls.Addresses, findings);
        Differs("Listen:Port", options.Listen.Port);
        Differs("Health:Port", options.Health.Port);
        CheckReach(options, findings);
        findings.Require(!options.Access.AllowAnonymous, "Access:AllowAnonymous",
            $"is true, but {findings.NameOf(PortKey)} is set, and a request over TLS always needs a token or a uid; keep one of them");

        var files = Files(tls, findings);
        var directories = SharedDirectories.Of(options);
        CheckOwn(options, files is null && tls is { Certificate: null, Key: null }, directories.Length > 0, findings);
        var pair = files is null ? null : CertificateReader.Read(files, findings);
        CheckNames(options, pair, findings);
        return new TlsSettings(port, ListenRules.Parsed(tls.Addresses), files, pair,
            [.. options.Access.Hosts.Distinct(StringComparer.OrdinalIgnoreCase)],
            [.. directories.Select(directory => directory.Path)], SystemBundle(environment));

        void Differs(string key, int other) => findings.Require(port != other || port == 0, PortKey,
            $"is {port}, which {findings.NameOf(key)} already uses; set different ports");
    }

    // As OpenSSL and Go find it in the images of the common distributions.
    private static string? SystemBundle(ProcessEnvironment environment) => environment["SSL_CERT_FILE"] ?? Array.Find(
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"], File.Exists);

    private static void CheckUnused(TlsOptions tls, Findings findings)
    {
        foreach (var (name, isSet) in new[]
        {
            ("Addresses", tls.Addresses.Count > 0), ("Certificate", tls.Certificate is not null), ("Key", tls.Key is not null),
        })
        {
            findings.Require(!isSet || findings.IsUnread(PortKey), $"{Section}:{name}",
                $"is set, but {findings.NameOf(PortKey)} is not; set the port that serves TLS, for example 9443");
        }
    }

    private static void CheckReach(SidecarOptions options, Findings findings)
    {
        foreach (var (i, text) in options.Listen.Tls.Addresses.Index())
        {
            var staysHere = !IPAddress.TryParse(text, out var address) || IPAddress.IsLoopback(address)
                || text == options.Networking.LinkLocalAddress;
            findings.Require(staysHere || options.Access.Peers.Count > 0 || findings.IsUnread("Access:Peers"), $"{Section}:Addresses:{i}",
                $"is {Shown.Quoted(text)}, which other hosts can reach, but Access:Peers lists no network; "
                + "list the networks of the clients there, for example 10.0.0.0/24");
        }
    }

    /// <summary>Checks what the sidecar needs to make a certificate.</summary>
    private static void CheckOwn(SidecarOptions options, bool isOwn, bool hasDirectory, Findings findings)
    {
        if (!isOwn)
        {
            return;
        }

        findings.Require(options.Access.Hosts.Count > 0 || findings.IsUnread(Hosts), Hosts,
            $"is empty, but {findings.NameOf(PortKey)} is set, and the certificate that the sidecar makes names exactly these hosts; "
            + $"list the names or addresses that clients use, or set {Section}:Certificate and {Section}:Key");
        findings.Require(hasDirectory || findings.IsUnread("SharedDirectory"), PortKey,
            "is set, but no directory is shared, and clients read the authority of the sidecar's certificate there; "
            + $"set SIDECAR_SHARED_DIR, or set {Section}:Certificate and {Section}:Key");

        foreach (var (i, host) in options.Access.Hosts.Index())
        {
            findings.Require(host.Length > 253 || Name().IsMatch(host), $"{Hosts}:{i}",
                $"is {Shown.Quoted(host)}, which no certificate can name; expected a DNS name or an IPv4 address");
        }
    }

    // The Host header of a request must be a name of Access:Hosts or the listener's address, and the certificate's name too.
    private static void CheckNames(SidecarOptions options, CertificatePair? pair, Findings findings)
    {
        if (pair is not null && !options.Access.Hosts.Concat(options.Listen.Tls.Addresses).Any(host => Matches(pair.Leaf, host)))
        {
            findings.Warn(CertificateReader.CertificateKey, "names no host of Access:Hosts, so the sidecar rejects the requests of clients "
                + "that accept the certificate; add the certificate's names to Access:Hosts");
        }
    }

    private static bool Matches(X509Certificate2 leaf, string host)
    {
        try
        {
            return leaf.MatchesHostname(host);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Not a name that a certificate can have, or a certificate with unreadable names.
            return false;
        }
    }

    private static CertificateFiles? Files(TlsOptions tls, Findings findings)
    {
        foreach (var (name, path, other) in new[] { ("Certificate", tls.Certificate, tls.Key), ("Key", tls.Key, tls.Certificate) })
        {
            findings.Require(path is not null || other is null, $"{Section}:{name}",
                $"is not set, but a certificate needs both files; set Certificate and Key of {Section}");
        }

        return tls is { Certificate: { } certificate, Key: { } key } ? new CertificateFiles(certificate, key) : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\z")]
    private static partial Regex Name();
}
