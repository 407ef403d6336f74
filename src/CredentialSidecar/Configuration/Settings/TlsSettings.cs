using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>Where credentials are served over TLS.</summary>
/// <param name="Port">0 lets the system choose one.</param>
/// <param name="Addresses">Empty means 127.0.0.1, and ::1 where there is one.</param>
/// <param name="Files">The configured certificate; null if the sidecar makes one.</param>
/// <param name="Pair">What the files held at start; null without files.</param>
/// <param name="Hosts">The names of a certificate that the sidecar makes: those of Access:Hosts, in order.</param>
/// <param name="Directories">The directories that get the authority of such a certificate.</param>
/// <param name="SystemBundle">A PEM file with the system's authorities; null if there is none.</param>
internal sealed record TlsSettings(
    int Port, ImmutableArray<IPAddress> Addresses, CertificateFiles? Files, CertificatePair? Pair, ImmutableArray<string> Hosts,
    ImmutableArray<string> Directories, string? SystemBundle);

/// <summary>The paths of a configured certificate and of its key.</summary>
internal sealed record CertificateFiles(string Certificate, string Key);

/// <summary>A certificate that fits its private key.</summary>
/// <param name="Leaf">With its private key.</param>
/// <param name="Others">The certificates between it and its authority, in any order.</param>
internal sealed record CertificatePair(X509Certificate2 Leaf, X509Certificate2Collection Others);
