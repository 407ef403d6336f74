using System.Net.NetworkInformation;
using CredentialSidecar.Certificates;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Commands.Doctor;

/// <summary>Checks the TLS listener and the end of its certificate.</summary>
internal static class TlsCheck
{
    private const string Check = "tls";

    public static void Run(Examination examination, SidecarSettings settings, DateTimeOffset now)
    {
        if (settings.Listen.Tls is not { } tls)
        {
            return;
        }

        if (tls is { Files: { } files, Pair: { } pair })
        {
            CheckEnd(examination, files, pair, now);
        }

        // Without a connection, which the sidecar would log as one that ended without a request.
        if (tls.Port == 0 || IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(one => one.Port == tls.Port))
        {
            examination.Pass(Check, $"port {tls.Port} is listened on");
        }
        else
        {
            examination.Warn(Check, $"no program listens on port {tls.Port}",
                "If the sidecar should run in this network namespace, check its log.");
        }
    }

    private static void CheckEnd(Examination examination, CertificateFiles files, CertificatePair pair, DateTimeOffset now)
    {
        var end = pair.Leaf.NotAfter.ToUniversalTime();
        var text = $"the certificate in {files.Certificate} is valid until {end:yyyy-MM-ddTHH:mm:ssZ}";

        switch (ExpirySteps.Of(end - now))
        {
            case Expiry.Far:
                examination.Pass(Check, text);
                break;
            case Expiry.Expired:
                examination.Fail(Check, $"the certificate in {files.Certificate} expired at {end:yyyy-MM-ddTHH:mm:ssZ}",
                    "Replace the files; the sidecar reads them again.");
                break;
            default:
                examination.Warn(Check, text, "Replace the files; the sidecar reads them again.");
                break;
        }
    }
}
