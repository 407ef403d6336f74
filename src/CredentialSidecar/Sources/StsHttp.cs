using Amazon.Runtime;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Sources;

/// <summary>Makes the AWS SDK use the sidecar's connections, and records the server's clock.</summary>
/// <remarks>
/// With a custom HttpClientFactory the SDK ignores its own timeout, so each call has a cancellation token with a time limit.
/// </remarks>
internal sealed class StsHttp(StsSettings sts, TimeProvider clock) : IDisposable
{
    // An STS answer has a few kilobytes. Do not read larger answers into memory.
    private const int LargestAnswer = 256 * 1024;

    private readonly SocketsHttpHandler _handler = HandlerFor(sts);

    /// <summary>How far STS's clock was ahead of the local clock at the last answer.</summary>
    public TimeSpan Skew { get; private set; }

    /// <summary>Connections for one call, which record in <paramref name="sending"/> what was sent.</summary>
    public HttpClientFactory For(Sending sending) => new PerCall(this, sending);

    public void Dispose() => _handler.Dispose();

    private ProxySettings? ProxyFor(Uri target) => sts.Proxy is { } proxy && !proxy.IsDirect(target) ? proxy : null;

    private static SocketsHttpHandler HandlerFor(StsSettings sts)
    {
        var handler = DirectHttp.Handler(proxied: sts.Proxy is not null);
        handler.ConnectTimeout = sts.ConnectTimeout;
        handler.Proxy = sts.Proxy is null ? null : new EnvironmentProxy(sts.Proxy);
        handler.SslOptions.CertificateChainPolicy = sts.CaBundle is null ? null : CaBundle.Policy(sts.CaBundle);
        return handler;
    }

    private sealed class PerCall(StsHttp owner, Sending sending) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
            new(new Noting(owner, sending) { InnerHandler = owner._handler }, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }

    private sealed class Noting(StsHttp owner, Sending sending) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            sending.Target = request.RequestUri;
            sending.Proxy = request.RequestUri is { } target ? owner.ProxyFor(target) : null;
            sending.CaBundle = owner.BundleFile;
            var response = await base.SendAsync(request, cancellationToken);
            sending.Status = (int)response.StatusCode;
            owner.Skew = response.Headers.Date - owner.Now ?? TimeSpan.Zero;
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            return response;
        }
    }

    private string? BundleFile => sts.CaBundle;

    private DateTimeOffset Now => clock.GetUtcNow();
}

/// <summary>Records where one call went. Without a target, nothing was sent, and the failure comes from the SDK.</summary>
internal sealed class Sending
{
    public Uri? Target { get; set; }

    /// <summary>The proxy of the call, if any.</summary>
    public ProxySettings? Proxy { get; set; }

    /// <summary>The file whose certificates are trusted instead of the system's.</summary>
    public string? CaBundle { get; set; }

    /// <summary>The status of the answer; null if none arrived.</summary>
    public int? Status { get; set; }
}
