namespace CredentialSidecar.Health;

/// <summary>Answers probes and <c>/status</c> on separate listeners.</summary>
internal sealed class HealthEndpoint(Readiness readiness, StatusReport report)
{
    /// <param name="withStatus">Whether <c>/status</c> is answered: on loopback only.</param>
    public Task AnswerAsync(HttpContext http, bool withStatus) => http.Request.Path.Value switch
    {
        "/livez" => SendAsync(http, 200, "The process is running."),
        "/healthz" => SendAsync(http, readiness.Read(everLive: true)),
        "/readyz" => SendAsync(http, readiness.Read(everLive: false)),
        "/status" when withStatus => report.SendAsync(http),
        _ => SendAsync(http, 404,
            "Paths: /livez, /healthz (every required destination was live once), /readyz (every required destination is live now)"
            + (withStatus ? " and /status." : ".")),
    };

    private static Task SendAsync(HttpContext http, (bool IsReady, string Text) read) =>
        SendAsync(http, read.IsReady ? 200 : 503, read.Text);

    private static Task SendAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(text + "\n", http.RequestAborted);
    }
}
