using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace CredentialSidecar.Passthrough;

/// <summary>Hands a request on to the ECS agent as it came, and its answer back, streaming.</summary>
internal sealed partial class AgentForwarder(IHttpForwarder forwarder, ILogger<AgentForwarder> logger) : IDisposable
{
    private static readonly ForwarderRequestConfig AsItCame = new() { ActivityTimeout = TimeSpan.FromSeconds(30), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        ActivityHeadersPropagator = null,
    });

    /// <param name="agent">The agent's address, <c>http://169.254.170.2</c>.</param>
    public async Task ForwardAsync(HttpContext http, string agent)
    {
        var error = await forwarder.SendAsync(http, agent, _http, AsItCame, Unchanged.Instance, http.RequestAborted);

        if (error != ForwarderError.None && !http.RequestAborted.IsCancellationRequested)
        {
            Log.ForwardingFailed(logger, http.Request.Method, agent, error);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Adds nothing: no X-Forwarded-For, and the Host that the client sent.</summary>
    private sealed class Unchanged : HttpTransformer
    {
        public static readonly Unchanged Instance = new();

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Telemetry.EventIds.ForwardingFailed, LogLevel.Warning, "Forwarding a {Method} to {Agent} failed: {Error}.")]
        public static partial void ForwardingFailed(ILogger logger, string method, string agent, ForwarderError error);
    }
}
