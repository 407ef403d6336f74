using CredentialSidecar.Caching;

namespace CredentialSidecar.Health;

/// <summary>Answers probes and <c>/status</c> on separate listeners.</summary>
internal sealed class HealthEndpoint(CurrentTree tree, ReadyLatch latch, StatusReport report, TimeProvider clock)
{
    private const string All = "Every required destination ";
    private const string Some = "Waiting for ";

    /// <summary>Whether an answer to <c>/readyz</c> is a sidecar's, and it is ready.</summary>
    public static bool IsReady(int status, string line) => status == 200 && line.StartsWith(All, StringComparison.Ordinal);

    /// <summary>Whether an answer to <c>/readyz</c> is a sidecar's, and it is not ready.</summary>
    public static bool IsWaiting(int status, string line) => status == 503 && line.StartsWith(Some, StringComparison.Ordinal);

    /// <param name="withStatus">Whether <c>/status</c> is answered: on loopback only.</param>
    public Task AnswerAsync(HttpContext http, bool withStatus) => http.Request.Path.Value switch
    {
        "/livez" => SendAsync(http, 200, "The process is running."),
        "/healthz" => SendAsync(http, Waiting(everLive: true), "had a session once"),
        "/readyz" => SendAsync(http, Waiting(everLive: false), "has a live session"),
        "/status" when withStatus => report.SendAsync(http),
        _ => SendAsync(http, 404,
            "Paths: /livez, /healthz (every required destination was live once), /readyz (every required destination is live now)"
            + (withStatus ? " and /status." : ".")),
    };

    private string[] Waiting(bool everLive)
    {
        var now = clock.GetUtcNow();


        // A destination that a reload adds must not make the task unhealthy.
        return everLive && latch.IsSet ? [] :
        [
            .. tree().Destinations.Where(d => !d.Lazy && !(everLive ? d.Node.Latest is not null : d.Node.Latest?.IsLive(now) == true))
                .Select(d => d.Name)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static Task SendAsync(HttpContext http, string[] waiting, string what) => waiting is []
        ? SendAsync(http, 200, $"{All}{what}.")
        : SendAsync(http, 503, $"{Some}{string.Join(", ", waiting)}. See /status and the log.");

    private static Task SendAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(text + "\n", http.RequestAborted);
    }
}
