using System.Net;
using System.Net.Sockets;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace CredentialSidecar.Passthrough;

/// <summary>Forwards a request to the ECS agent unchanged, and streams its answer back.</summary>
internal sealed partial class AgentForwarder(PassthroughSettings settings, IHttpForwarder forwarder, TimeProvider clock,
    ILogger<AgentForwarder> logger)
{
    // A slow client holds a connection to the agent for at most this time.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly ForwarderRequestConfig AsItCame = new()
    {
        ActivityTimeout = TimeSpan.FromSeconds(30),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    // Metadata is small, and clients request it while they start.
    private static readonly ForwarderRequestConfig Briefly = AsItCame with { ActivityTimeout = TimeSpan.FromSeconds(5) };

    private readonly string _agent = settings.Agent;

    private readonly UnderWay _underWay = new();
    private readonly Sparing _failures = new(clock);

    /// <param name="client">The client of the request; null if unknown.</param>
    /// <returns>Null if an answer was begun; otherwise what the agent did, as the predicate of a sentence.</returns>
    /// <exception cref="Access.RejectedException">Too many requests of the client are under way.</exception>
    public Task<string?> ForwardAsync(HttpContext http, string? client) => SendAsync(http, client, AsItCame, Unchanged.Instance);

    /// <summary>The same for a request that was sent to the sidecar, not to the agent.</summary>
    /// <param name="isDropped">Whether a header identifies the client of a proxy, and is not forwarded.</param>
    /// <exception cref="Access.RejectedException">Too many requests of the client are under way.</exception>
    public Task<string?> PassOnAsync(HttpContext http, string? client, Func<string, bool> isDropped) =>
        SendAsync(http, client, Briefly, new OnBehalf(isDropped));

    private async Task<string?> SendAsync(HttpContext http, string? client, ForwarderRequestConfig config, HttpTransformer transformer)
    {
        // Separate, so that slow bodies do not block reads.
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
        // Without Upgrade, YARP makes no tunnel, even if the agent answers 101.
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
                ? "answered 101, but the client did not request another protocol"
                : Causes(cause).OfType<UnfitAnswerException>().FirstOrDefault()?.Message;

            if (error == ForwarderError.RequestBodyClient && !http.Response.HasStarted)
            {
                throw new BadHttpRequestException(
                    "The body is malformed, too large or too slow.",
                    Causes(cause).OfType<BadHttpRequestException>().FirstOrDefault()?.StatusCode ?? 400);
            }

            if (_failures.IsDue(out var before))
            {
                Log.ForwardingFailed(logger, http.Request.Method, _agent, unfit is null ? Why(error, cause) : $"it {unfit}", before);
            }
        }

        return error == ForwarderError.None || http.Response.HasStarted ? null : unfit ?? "did not answer";
    }

    private static string Why(ForwarderError error, Exception? cause) =>
        Causes(cause).OfType<SocketException>().FirstOrDefault() is { SocketErrorCode: not SocketError.OperationAborted } socket
            ? socket.Message
            : error is ForwarderError.RequestTimedOut or ForwarderError.RequestCanceled ? "it did not answer in time"
            : Causes(cause).Any(e => e is IOException or HttpIOException) ? "it closed the connection before it answered"
            : error.ToString();

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }

    /// <summary>Adds no headers, and sends the exact target and Host of the client.</summary>
    private sealed class Unchanged : AgentAnswer
    {
        public static readonly Unchanged Instance = new();

        private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri =
                new Uri(destinationPrefix + httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, in Verbatim);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
        }
    }

    /// <summary>Sends the exact target, the agent's Host, and no sidecar token.</summary>
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
        [LoggerMessage(EventIds.ForwardingFailed, LogLevel.Warning,
            "Forwarding a {Method} to {Agent} failed: {Reason}. Further failures since the last such line: {Before}.")]
        public static partial void ForwardingFailed(ILogger logger, string method, string agent, string reason, int before);
    }
}
