using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Certificates;

internal sealed partial class CertificateKeeper
{
    private static partial class Log
    {
        [LoggerMessage(EventIds.AuthorityMade, LogLevel.Information,
            "Made a certificate authority with SHA-256 fingerprint {Fingerprint} for {Hosts}, and wrote it to {Files}. "
            + "Clients that read the file of an earlier sidecar process must read it again.")]
        public static partial void AuthorityMade(ILogger logger, string fingerprint, string hosts, string files);

        [LoggerMessage(EventIds.CertificateIssued, LogLevel.Information,
            "Issued the server's certificate, valid until {End:yyyy-MM-ddTHH:mm:ssZ}. Open connections keep the former one.")]
        public static partial void CertificateIssued(ILogger logger, DateTime end);

        [LoggerMessage(EventIds.CertificateReplaced, LogLevel.Information,
            "The server's certificate changed. SHA-256 fingerprint {Fingerprint}, valid until {End:yyyy-MM-ddTHH:mm:ssZ}. "
            + "Open connections keep the former one.")]
        public static partial void CertificateReplaced(ILogger logger, string fingerprint, DateTime end);

        [LoggerMessage(EventIds.CertificateKept, LogLevel.Warning,
            "The files of the server's certificate changed, but the sidecar keeps the former one, valid until "
            + "{End:yyyy-MM-ddTHH:mm:ssZ}: {Reason}.")]
        public static partial void CertificateKept(ILogger logger, DateTime end, string reason);

        [LoggerMessage(EventIds.CertificateExpires, LogLevel.Warning,
            "The server's certificate in {File} expires at {End:yyyy-MM-ddTHH:mm:ssZ}, in {Days} days or less. Replace the files; "
            + "the sidecar reads them again.")]
        public static partial void CertificateExpires(ILogger logger, string file, DateTime end, int days);

        [LoggerMessage(EventIds.CertificateExpired, LogLevel.Error,
            "The server's certificate in {File} expired at {End:yyyy-MM-ddTHH:mm:ssZ}, and clients reject it. Replace the files; "
            + "the sidecar reads them again.")]
        public static partial void CertificateExpired(ILogger logger, string file, DateTime end);

        [LoggerMessage(EventIds.CertificateDoubted, LogLevel.Warning, "{Warning}.")]
        public static partial void CertificateDoubted(ILogger logger, string warning);

        [LoggerMessage(EventIds.AuthorityNotWritten, LogLevel.Error,
            "The certificate authority cannot be written to {Directory}: {Reason}. Containers that read it there do not trust the sidecar. "
            + "Correct the directory and run credential-sidecar reload.")]
        public static partial void AuthorityNotWritten(ILogger logger, string directory, string reason);
    }
}
