using System.Net;
using Amazon.Runtime;
using CredentialSidecar.Configuration;

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

        // What is left of an answer that took too long is not worth waiting for.
        ResponseDrainTimeout = TimeSpan.Zero,
    };
}

/// <summary>Gives the AWS SDK those connections, and notes what time the other side has.</summary>
/// <remarks>The SDK ignores its own timeout with a factory of ours, so each call brings a token with a time limit.</remarks>
internal sealed class StsHttp(StsSettings sts, TimeSpan connectTimeout, TimeProvider clock) : HttpClientFactory, IDisposable
{
    // An STS answer is a few kilobytes; what is larger is none, and must not be read into memory.
    private const int LargestAnswer = 256 * 1024;

    private readonly SocketsHttpHandler _handler = HandlerFor(sts, connectTimeout);

    /// <summary>How far STS's clock was ahead of ours at the last answer.</summary>
    public TimeSpan Skew { get; private set; }

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
        new(new Noting(this) { InnerHandler = _handler }, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _handler.Dispose();

    private static SocketsHttpHandler HandlerFor(StsSettings sts, TimeSpan connectTimeout)
    {
        var handler = DirectHttp.Handler(proxied: sts.Proxy is not null);
        handler.ConnectTimeout = connectTimeout;
        handler.Proxy = sts.Proxy is null ? null : new EnvironmentProxy(sts.Proxy);
        handler.SslOptions.CertificateChainPolicy = sts.CaBundle is null ? null : CaBundle.Policy(sts.CaBundle);
        return handler;
    }

    private sealed class Noting(StsHttp owner) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            owner.Skew = response.Headers.Date - owner.Now ?? TimeSpan.Zero;
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            return response;
        }
    }

    private DateTimeOffset Now => clock.GetUtcNow();
}
