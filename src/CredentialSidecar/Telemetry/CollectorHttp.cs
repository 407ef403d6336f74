using System.Net.Sockets;

namespace CredentialSidecar.Telemetry;

/// <summary>The connection to the collector. It notes whether the collector takes what it is sent, which the exporter tells nobody.</summary>
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
            // As for STS: a plain address is on this machine or near it, and HTTP_PROXY is not meant for it.
            UseProxy = endpoint.Scheme == "https",
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ActivityHeadersPropagator = null,
        })
    {
        // No path and no query, where a key may stand.
        (_signal, _collector, _limit, _logger) = (signal, endpoint.GetLeftPart(UriPartial.Authority), limit, logger);
    }

    /// <param name="limit">For one export.</param>
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
        // gRPC answers 200 whatever it thinks; where it refuses without a body, its status stands among the headers.
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
        Failed(e is OperationCanceledException ? $"no answer within {_limit.TotalSeconds:0.#} s" : (e.GetBaseException() as SocketException)?.Message ?? e.GetBaseException().GetType().Name);
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
            "Exporting {Signal} to {Collector} failed: {Reason}. It goes on trying and says this once; credentials do not hang on it.")]
        public static partial void Failed(ILogger logger, string signal, string collector, string reason);

        [LoggerMessage(EventIds.ExportResumed, LogLevel.Information, "The collector {Collector} takes {Signal} again.")]
        public static partial void Resumed(ILogger logger, string signal, string collector);
    }
}
