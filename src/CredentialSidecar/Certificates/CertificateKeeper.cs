using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Certificates;

/// <summary>Keeps the server's certificate valid: issues the next one, or reads the configured files again.</summary>
internal sealed partial class CertificateKeeper(
    TlsSettings settings, Func<string, string> nameOf, ServerIdentity identity, TimeProvider clock, ILogger<CertificateKeeper> logger)
    : BackgroundService
{
    // A mounted secret changes by a rename of a parent folder, which a file watcher does not report.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Lock _writing = new();
    private readonly Dictionary<string, string> _unwritten = new(StringComparer.Ordinal);
    private ImmutableArray<string> _directories = settings.Directories;
    private PrivateAuthority? _authority;
    private CertificatePair _pair = null!;
    private Expiry _told;
    private string? _seen, _read;

    /// <summary>Makes the first certificate. Kestrel starts after this.</summary>
    /// <exception cref="ConfigurationMistakesException">A shared directory cannot be written.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Pair is { } pair)
        {
            Use(pair);
            Tell();
        }
        else
        {
            _authority = new PrivateAuthority(settings.Hosts, clock.GetUtcNow());
            Publish(atStart: true);
            Log.AuthorityMade(logger, Fingerprint(_authority.Certificate), string.Join(", ", settings.Hosts),
                string.Join(", ", settings.Directories.Select(directory => Path.Combine(directory, TrustFiles.Authority))));
            Issue();
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Writes the authority to the directories of a new configuration.</summary>
    public void Follow(SidecarSettings next)
    {
        _directories =
        [
            .. next.Clients.Select(client => client.Directory).Prepend(next.Access.SharedDirectory).OfType<string>()
                .Select(Path.GetFullPath).Distinct(),
        ];
        Publish(atStart: false);
    }

    public override void Dispose()
    {
        base.Dispose();
        _authority?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(settings.Files is null ? PrivateAuthority.LeafLife / 2 : Pause, clock, stoppingToken);

                if (settings.Files is { } files)
                {
                    ReadAgain(files);
                    Tell();
                }
                else
                {
                    Issue();
                    Publish(atStart: false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    private void Issue()
    {
        Use(new CertificatePair(_authority!.Issue(clock.GetUtcNow()), []));
        Log.CertificateIssued(logger, _pair.Leaf.NotAfter.ToUniversalTime());
    }

    // The former certificate is not disposed: a handshake may still use it.
    private void Use(CertificatePair pair)
    {
        identity.Use(pair);
        (_pair, _told) = (pair, Expiry.Far);
    }

    private void ReadAgain(CertificateFiles files)
    {
        var now = CertificateReader.StateOf(files);

        // A file may be half written, and the two files change one after the other, so both count once two reads agree.
        if (now == _seen && now != _read)
        {
            _read = now;
            Take(files);
        }

        _seen = now;
    }

    private void Take(CertificateFiles files)
    {
        var findings = new Findings { NameOf = nameOf };

        if (CertificateReader.Read(files, findings) is not { } pair)
        {
            Log.CertificateKept(logger, _pair.Leaf.NotAfter.ToUniversalTime(), string.Join("; ", findings.Mistakes));
            return;
        }

        if (pair.Leaf.Thumbprint != _pair.Leaf.Thumbprint || pair.Others.Count != _pair.Others.Count)
        {
            Use(pair);
            Log.CertificateReplaced(logger, Fingerprint(pair.Leaf), pair.Leaf.NotAfter.ToUniversalTime());
        }

        foreach (var warning in findings.Warnings)
        {
            Log.CertificateDoubted(logger, $"{warning}");
        }
    }

    /// <summary>Logs each step towards the end of a configured certificate once.</summary>
    private void Tell()
    {
        var end = _pair.Leaf.NotAfter.ToUniversalTime();
        var left = end - clock.GetUtcNow();
        var step = ExpirySteps.Of(left);

        if (step <= _told)
        {
            return;
        }

        _told = step;

        if (step == Expiry.Expired)
        {
            Log.CertificateExpired(logger, settings.Files!.Certificate, end);
        }
        else
        {
            Log.CertificateExpires(logger, settings.Files!.Certificate, end, (int)Math.Ceiling(left.TotalDays));
        }
    }

    private static string Fingerprint(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));
}
