namespace CredentialSidecar.Sources;

/// <summary>HTTP connections without cookies and redirects, and with a proxy only if requested.</summary>
internal static class DirectHttp
{
    /// <param name="proxied">Use HTTPS_PROXY and NO_PROXY: correct for STS, but never for a link-local address.</param>
    public static SocketsHttpHandler Handler(bool proxied) => new()
    {
        UseProxy = proxied,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32,

        // Do not send this task's trace ids to other servers.
        ActivityHeadersPropagator = null,

        // Makes a failure name the untrusted certificate and the reason.
        SslOptions = { RemoteCertificateValidationCallback = ServerCertificate.Check },

        // Do not drain the rest of an answer that timed out.
        ResponseDrainTimeout = TimeSpan.Zero,
    };
}
