using System.Net.Sockets;

namespace CredentialSidecar.Telemetry;

/// <summary>
/// The connection to the collector. It records whether the collector accepts exports, which the exporter does not report.
/// </summary>
internal sealed partial class CollectorHttp : DelegatingHandler
{
    private readonly string _signal;
    private readonly string _collector;
    private readonly TimeSpan _limit;
    private readonly ILogger _logger;
    private int _failing;

    private CollectorHttp(Uri endpoint, string signal, TimeSpan limit, ILogger logger)
        : base(new SocketsHttpHandler
        {
            // As for STS: an http:// address is local or near, and HTTP_PROXY does not apply to it.
            UseProxy = endpoint.Scheme == "https",
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ActivityHeadersPropagator = null,
        })
    {
        // Without path and query, which may contain a key.
        (_signal, _collector, _limit, _logger) = (signal, endpoint.GetLeftPart(UriPartial.Authority), limit, logger);
    }

    /// <param name="limit">The time limit for one export.</param>
    public static HttpClient Client(Uri endpoint, string signal, TimeSpan limit, ILogger logger) =>
        new(new CollectorHttp(endpoint, signal, limit, logger)) { Timeout = limit };

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Noted(base.Send(request, cancellationToken));
        }
        catch (Exception e) when (Failed(e))
        {
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Noted(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception e) when (Failed(e))
        {
            throw;
        }
    }

    private HttpResponseMessage Noted(HttpResponseMessage answer)
    {
        // gRPC always answers 200. A rejection without a body has its status in the headers.
        var grpc = answer.Headers.TryGetValues("grpc-status", out var status) ? status.First() : "0";

        if (!answer.IsSuccessStatusCode)
        {
            Failed($"it answered {(int)answer.StatusCode}");
        }
        else if (grpc != "0")
        {
            Failed($"it answered gRPC status {grpc}");
        }
        else if (Interlocked.Exchange(ref _failing, 0) == 1)
        {
            Log.Resumed(_logger, _signal, _collector);
        }

        return answer;
    }

    private bool Failed(Exception e)
    {
        Failed(e is OperationCanceledException
            ? $"no answer within {_limit.TotalSeconds:0.#} s"
            : (e.GetBaseException() as SocketException)?.Message ?? e.GetBaseException().GetType().Name);
        return true;
    }

    private void Failed(string reason)
    {
        if (Interlocked.Exchange(ref _failing, 1) == 0)
        {
            Log.Failed(_logger, _signal, _collector, reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ExportFailed, LogLevel.Warning,
            "Exporting {Signal} to {Collector} failed: {Reason}. The sidecar keeps retrying; this is logged once. "
            + "Credentials are not affected.")]
        public static partial void Failed(ILogger logger, string signal, string collector, string reason);

        [LoggerMessage(EventIds.ExportResumed, LogLevel.Information, "The collector {Collector} accepts {Signal} again.")]
        public static partial void Resumed(ILogger logger, string signal, string collector);
    }
}
