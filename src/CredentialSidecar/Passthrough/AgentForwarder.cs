using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace CredentialSidecar.Passthrough;

/// <summary>Hands a request on to the ECS agent as it came, and its answer back, streaming.</summary>
internal sealed partial class AgentForwarder(PassthroughSettings settings, IHttpForwarder forwarder, TimeProvider clock, ILogger<AgentForwarder> logger)
{
    // A client that sends or reads slowly holds a connection to the agent for no longer than this.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly ForwarderRequestConfig AsItCame = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(30),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    // Metadata is small, and whoever asks for it is starting up.
    private static readonly ForwarderRequestConfig Briefly = AsItCame with { ActivityTimeout = TimeSpan.FromSeconds(5) };

    private readonly string _agent = settings.Agent;

    private readonly UnderWay _underWay = new();
    private readonly Sparing _failures = new(clock);

    /// <param name="client">The client of the request; null if unknown.</param>
    /// <returns>Null if an answer was begun; otherwise what the agent did, as the predicate of a sentence.</returns>
    /// <exception cref="Access.RejectedException">Too many of the client's requests are under way.</exception>
    public Task<string?> ForwardAsync(HttpContext http, string? client) => SendAsync(http, client, AsItCame, Unchanged.Instance);

    /// <summary>The same for a request that was sent to us and not to the agent.</summary>
    /// <param name="isDropped">Tells the names of headers that say for whom is asked, which are not the agent's business.</param>
    /// <exception cref="Access.RejectedException">Too many of the client's requests are under way.</exception>
    public Task<string?> PassOnAsync(HttpContext http, string? client, Func<string, bool> isDropped) =>
        SendAsync(http, client, Briefly, new OnBehalf(isDropped));

    private async Task<string?> SendAsync(HttpContext http, string? client, ForwarderRequestConfig config, HttpTransformer transformer)
    {
        // Apart, so that bodies that come slowly keep nobody from reading.
        var kind = $"{client} {(HttpMethods.IsGet(http.Request.Method) ? "GET" : "")}";
        _underWay.Begin(kind);

        try
        {
            using var limit = new CancellationTokenSource(Longest, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
            return await SendAsync(http, config, transformer, either.Token);
        }
        finally
        {
            _underWay.End(kind);
        }
    }

    private async Task<string?> SendAsync(
        HttpContext http, ForwarderRequestConfig config, HttpTransformer transformer, CancellationToken cancellationToken)
    {
        // Without it YARP makes no tunnel, even where the agent answers 101.
        http.Features.Set<IHttpUpgradeFeature>(null);
        using var span = Span.Forwarding(http.Request.Method);
        using var client = OneRequest.Client();
        string? unfit = null;
        var error = await forwarder.SendAsync(http, _agent, client, config, transformer, cancellationToken);

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

            var cause = http.GetForwarderErrorFeature()?.Exception;
            unfit = error is ForwarderError.UpgradeResponseClient or ForwarderError.UpgradeResponseDestination
                ? "answered 101, but no client asked to change the protocol"
                : Causes(cause).OfType<UnfitAnswerException>().FirstOrDefault()?.Message;

            if (error == ForwarderError.RequestBodyClient && !http.Response.HasStarted)
            {
                throw new BadHttpRequestException(
                    "The body is malformed, too large or too slow.", Causes(cause).OfType<BadHttpRequestException>().FirstOrDefault()?.StatusCode ?? 400);
            }

            if (_failures.IsDue(out var before))
            {
                Log.ForwardingFailed(logger, http.Request.Method, _agent, unfit is null ? Why(error, cause) : $"it {unfit}", before);
            }
        }

        return error == ForwarderError.None || http.Response.HasStarted ? null : unfit ?? "gave no answer";
    }

    private static string Why(ForwarderError error, Exception? cause) =>
        Causes(cause).OfType<SocketException>().FirstOrDefault() is { SocketErrorCode: not SocketError.OperationAborted } socket ? socket.Message
            : error is ForwarderError.RequestTimedOut or ForwarderError.RequestCanceled ? "it gave no answer in time"
            : Causes(cause).Any(e => e is IOException or HttpIOException) ? "it closed the connection before it had answered"
            : error.ToString();

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }

    /// <summary>Adds nothing, and sends the target byte for byte and the Host that the client sent.</summary>
    private sealed class Unchanged : AgentAnswer
    {
        public static readonly Unchanged Instance = new();

        private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = new Uri(destinationPrefix + httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, in Verbatim);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }
    }

    /// <summary>Sends the target byte for byte, the agent's own Host, and no token of ours.</summary>
    private sealed class OnBehalf(Func<string, bool> isDropped) : AgentAnswer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await Unchanged.Instance.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove("Authorization");

            foreach (var name in httpContext.Request.Headers.Keys.Where(isDropped))
            {
                proxyRequest.Headers.Remove(name);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ForwardingFailed, LogLevel.Warning, "Forwarding a {Method} to {Agent} failed: {Reason}. {Before} more have failed since this was last logged.")]
        public static partial void ForwardingFailed(ILogger logger, string method, string agent, string reason, int before);
    }
}
