using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;
using Microsoft.AspNetCore.Http.Features;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>The ECS agent: container credentials, task metadata and task protection. Any method is accepted.</summary>
internal sealed class AgentEndpoint(EmulatorState state, CredentialsPages credentials, MetadataPages metadata, CancellationToken stopping)
{
    private static readonly Answer TooMany = new(429, "text/plain", "You have reached maximum request limit.");
    private static readonly Answer NotFound = new(404, "text/plain; charset=utf-8", "404 page not found\n");

    private readonly TaskProtection _protection = new(state, metadata);
    private readonly AgentThrottle _throttle = new(state.Clock);

    public async Task HandleAsync(HttpContext context)
    {
        WriteRateLimitHeaders(context);

        // Kestrel resolves dots before anyone sees the path, so the raw target tells what the client sent.
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        var fault = CredentialsPages.Covers(path) ? state.Faults.Take(FaultTarget.Agent) : null;

        try
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await fault.DelayAsync(state.Clock, leaving.Token);
        }
        catch (OperationCanceledException)
        {
            Log(context, path, 0, fault);
            return;
        }

        if (fault?.Kind == FaultKind.Reset)
        {
            Log(context, path, 0, fault);

            // Kestrel sends a TCP reset here, not an orderly end.
            context.Abort();
            return;
        }

        var answer = fault.Spoil(await _protection.FindAsync(context, path) ?? Find(context, path, fault));
        Log(context, path, answer.Status, fault);
        await answer.SendAsync(context);
    }

    private Answer Find(HttpContext context, string path, Fault? fault)
    {
        if (fault?.Kind == FaultKind.Throttle || !_throttle.Admits(context.Connection.RemoteIpAddress?.ToString() ?? "", path))
        {
            return TooMany;
        }

        if (CleanPath.Of(path) is var clean && clean != path)
        {
            context.Response.Headers.Location = clean + context.Request.QueryString;
            return new Answer(301, "text/html; charset=utf-8", $"<a href=\"{clean}\">Moved Permanently</a>.\n\n");
        }

        return CredentialsPages.Covers(path)
            ? credentials.Read(path, context.Request.Query["id"], fault)
            : metadata.Find(path) ?? NotFound;
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
