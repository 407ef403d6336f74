namespace CredentialSidecar.Sources;

/// <summary>Connections that go where they are told: no cookies, no redirects, and no proxy unless it was asked for.</summary>
internal static class DirectHttp
{
    /// <param name="proxied">Use HTTPS_PROXY and NO_PROXY: right for STS out on the Internet, never for a link-local address.</param>
    public static SocketsHttpHandler Handler(bool proxied) => new()
    {
        UseProxy = proxied,
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32,

        // Traces of this task are nobody's business out there.
        ActivityHeadersPropagator = null,

        // So that a failure says which certificate was not trusted, and why.
        SslOptions = { RemoteCertificateValidationCallback = ServerCertificate.Check },

        // What is left of an answer that took too long is not worth waiting for.
        ResponseDrainTimeout = TimeSpan.Zero,
    };
}
