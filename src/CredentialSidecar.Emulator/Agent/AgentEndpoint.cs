using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>The ECS agent: container credentials, task metadata, task protection and fault injection.</summary>
/// <remarks>As version 1.105.1 answers, which runs on Go's net/http with gorilla/mux.</remarks>
internal sealed class AgentEndpoint(EmulatorState state, CredentialsPages credentials, MetadataPages metadata, CancellationToken stopping)
{
    // Go's server writes a length where an answer fits its buffer.
    private const int LargestWithLength = 2048;

    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(5);

    private static readonly Answer TooMany = new(429, "text/plain; charset=utf-8", "You have reached maximum request limit.");
    private static readonly Answer NotFound = new(404, "text/plain; charset=utf-8", "404 page not found\n");
    private static readonly Answer Moved = new(301, "", "");

    private readonly TaskProtection _protection = new(state, metadata);
    private readonly AgentThrottle _throttle = new(state.Clock);

    public async Task HandleAsync(HttpContext context)
    {
        // Kestrel resolves dots before anyone sees the path, so the raw target tells what the client sent.
        var url = GoUrl.Of(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var started = state.Clock.GetTimestamp();
        var fault = CredentialsPages.Covers(url.Path) ? state.Faults.Take(FaultTarget.Agent) : null;

        try
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await fault.DelayAsync(state.Clock, leaving.Token);
        }
        catch (OperationCanceledException)
        {
            Log(context, url.Path, 0, fault);
            return;
        }

        if (fault?.Kind == FaultKind.Reset || state.Clock.GetElapsedTime(started) > WriteTimeout)
        {
            Log(context, url.Path, 0, fault);

            // Kestrel sends a TCP reset here, not an orderly end.
            context.Abort();
            return;
        }

        var answer = fault.Spoil(await FindAsync(context, url, fault));
        Log(context, url.Path, answer.Status, fault);
        await answer.SendAsync(context, LargestWithLength);
    }

    private async Task<Answer> FindAsync(HttpContext context, GoUrl url, Fault? fault)
    {
        // The outer router redirects before the limit, and matches no path with a line break.
        if (CleanPath.Of(url.Path) is var clean && clean != url.Path)
        {
            context.Response.Headers.Location = url.WithPath(clean);
            return Moved;
        }

        if (url.Path.Contains('\n', StringComparison.Ordinal))
        {
            return Missing(context);
        }

        WriteRateLimitHeaders(context);

        if (fault?.Kind == FaultKind.Throttle || !_throttle.Admits(context.Connection.RemoteIpAddress?.ToString() ?? "", url.Path))
        {
            return TooMany;
        }

        return CredentialsPages.Covers(url.Path)
            ? credentials.Read(url, fault)
            : await _protection.FindAsync(context, url.Path)
                ?? FaultInjection.Find(context.Request.Method, url.Path, metadata)
                ?? metadata.Find(url.Path)
                ?? Missing(context);
    }

    private static Answer Missing(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return NotFound;
    }

    private static void WriteRateLimitHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["X-Rate-Limit-Limit"] = "40.00";
        headers["X-Rate-Limit-Duration"] = "1";
        headers["X-Rate-Limit-Request-Forwarded-For"] = context.Request.Headers["X-Forwarded-For"].ToString();
        headers["X-Rate-Limit-Request-Remote-Addr"] = $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
    }

    private void Log(HttpContext context, string path, int status, Fault? fault) => state.Calls.Add(new AgentRead(
        state.Clock.GetUtcNow(),
        context.Request.Method,
        CredentialsPages.Redact(CleanPath.Of(path)),
        status,
        context.Request.Headers.ContainsKey("Authorization"),
        fault?.Kind.ToString()));
}
