using System.Net;
using CredentialSidecar.Configuration;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace CredentialSidecar.Passthrough;

/// <summary>Hands a request on to the ECS agent as it came, and its answer back, streaming.</summary>
internal sealed partial class AgentForwarder(SidecarSettings settings, IHttpForwarder forwarder, ILogger<AgentForwarder> logger) : IDisposable
{
    private static readonly ForwarderRequestConfig AsItCame = new() { ActivityTimeout = TimeSpan.FromSeconds(30), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    private readonly string _agent = settings.Options.Source.Endpoint.TrimEnd('/');

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        ActivityHeadersPropagator = null,
    });

    /// <returns>False where the agent gave no answer, and so nothing has been sent.</returns>
    public async Task<bool> ForwardAsync(HttpContext http)
    {
        using var span = Span.Forwarding(http.Request.Method);
        var error = await forwarder.SendAsync(http, _agent, _http, AsItCame, Unchanged.Instance, http.RequestAborted);

        if (error == ForwarderError.None)
        {
            span.Forwarded(http.Response.StatusCode);
        }
        else if (http.RequestAborted.IsCancellationRequested)
        {
            span.Abandoned();
        }
        else
        {
            span.NotForwarded(error.ToString());
            Log.ForwardingFailed(logger, http.Request.Method, _agent, error);
        }

        return error == ForwarderError.None || http.Response.HasStarted;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Adds nothing, and sends the target byte for byte and the Host that the client sent.</summary>
    private sealed class Unchanged : HttpTransformer
    {
        public static readonly Unchanged Instance = new();

        private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = new Uri(destinationPrefix + httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, in Verbatim);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ForwardingFailed, LogLevel.Warning, "Forwarding a {Method} to {Agent} failed: {Error}.")]
        public static partial void ForwardingFailed(ILogger logger, string method, string agent, ForwarderError error);
    }
}
