namespace CredentialSidecar.Certificates;

/// <summary>How near the end of a certificate is. A later value is worse.</summary>
internal enum Expiry
{
    Far,
    Within30Days,
    Within7Days,
    Expired,
}

/// <summary>The times at which a certificate's end is reported.</summary>
internal static class ExpirySteps
{
    public static Expiry Of(TimeSpan left) =>
        left <= TimeSpan.Zero ? Expiry.Expired
        : left <= TimeSpan.FromDays(7) ? Expiry.Within7Days
        : left <= TimeSpan.FromDays(30) ? Expiry.Within30Days
        : Expiry.Far;
}
