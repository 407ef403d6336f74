namespace CredentialSidecar.Telemetry;

/// <summary>Every log event's number, in hundreds by folder. Numbers are never reused, because alerts depend on them.</summary>
internal static class EventIds
{
    // Commands: 100. Next: 111.
    public const int Started = 100;
    public const int ConfigurationWarning = 101;
    public const int Draining = 102;
    public const int ListeningBeyondLoopback = 103;
    public const int AnonymousAllowed = 104;
    public const int Intercepting = 105;
    public const int AddressAdded = 106;
    public const int MemoryUnsealed = 107;
    public const int FewConnections = 108;
    public const int Stopped = 109;
    public const int AddressAwaited = 110;

    // Sources: 200. Next: 205.
    public const int MetadataUnavailable = 200;
    public const int ClockSkewed = 201;
    public const int PolicyNearlyFull = 202;
    public const int ExpirationCapped = 203;
    public const int DurationShortened = 204;

    // Refreshing: 300. Next: 307, then 311.
    public const int Renewed = 300;
    public const int RenewalFailed = 301;
    public const int NoSession = 302;
    public const int Ready = 303;
    public const int BodyTooLarge = 304;
    public const int NobodyAsked = 305;
    public const int FirstSessions = 306;
    public const int SourceUnchanged = 307;
    public const int SourceStarting = 310;

    // Endpoint: 400. Next: 409.
    public const int Refused = 400;
    public const int RequestFailed = 401;
    public const int OutOfFiles = 402;
    public const int WitnessesDisagreed = 403;
    public const int HungUp = 404;
    public const int ControlNotOpened = 405;
    public const int ControlRejected = 406;
    public const int TlsPeerRejected = 407;
    public const int TlsUnused = 408;

    // Passthrough: 500. Next: 501.
    public const int ForwardingFailed = 500;

    // Access: 600. Next: 611.
    public const int Served = 600;
    public const int AuditDropped = 601;
    public const int FormerTokenUsed = 602;
    public const int TokenReplaced = 603;
    public const int TokenKept = 604;
    public const int Hammered = 605;
    public const int Damped = 606;
    public const int Repeated = 607;
    public const int NotServedSeveral = 608;
    public const int TokenDistrusted = 609;
    public const int NotServed = 610;
    public const int TokenNotWritten = 611;

    // Telemetry: 700. Next: 703.
    public const int ExportFailed = 700;
    public const int ExportResumed = 701;
    public const int ExportNotStarted = 702;

    // Hosting: 800. Next: 803.
    public const int Reloaded = 800;
    public const int ReloadUnchanged = 801;
    public const int ReloadRejected = 802;
    public const int ReloadFailed = 803;

    // Certificates: 900. Next: 908.
    public const int AuthorityMade = 900;
    public const int CertificateIssued = 901;
    public const int CertificateReplaced = 902;
    public const int CertificateKept = 903;
    public const int CertificateExpires = 904;
    public const int CertificateExpired = 905;
    public const int CertificateDoubted = 906;
    public const int AuthorityNotWritten = 907;
}
