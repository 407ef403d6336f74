using System.Buffers;
using System.Net;
using CredentialSidecar.Access;
using CredentialSidecar.Caching;
using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Sends bodies of the contract with their length and their exact media type; counts, logs and writes down what became of a request.</summary>
internal sealed partial class ContractAnswer(SidecarMetrics metrics, Throttle throttle, AuditTrail audit, TaskIdentity task, TimeProvider clock, ILogger<ContractAnswer> logger)
{
    /// <exception cref="CredentialException">There is no live session, and nothing has been sent.</exception>
    public async Task ServeAsync(HttpContext http, Visit visit, Destination destination)
    {
        visit.Destination = destination.Name;

        do
        {
            visit.Session = await destination.ReadAsync(http.RequestAborted);
            Head(http, StatusCodes.Status200OK, visit.Session.Length);
        }
        while (!HttpMethods.IsHead(http.Request.Method) && !visit.Session.TryWriteTo(http.Response.BodyWriter));

        Count(http, StatusCodes.Status200OK, visit);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <param name="asked">What was asked for, in words that are not the client's own.</param>
    public async Task RefuseAsync(HttpContext http, CredentialException e, string asked)
    {
        var error = ContractError.From(e);
        var visit = http.Features.Get<Visit>();
        visit?.Reason = e.Failure.ToString();
        metrics.Refused(e.Failure);

        try
        {
            if (await throttle.RefuseAsync(http.Connection.RemoteIpAddress, visit?.Client, e.Failure, http.RequestAborted))
            {
                Log.Refused(logger, error.Status, error.Code, http.Connection.RemoteIpAddress, asked, e.Message);
            }
        }
        catch (OperationCanceledException)
        {
            // Who guesses and hangs up instead of waiting is written down all the same.
            Count(http, error.Status, visit);
            throw;
        }

        await SendAsync(http, error);
    }

    public Task SendAsync(HttpContext http, ContractError error)
    {
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            // Go v1 and JavaScript v2 sleep for as long as it says, and asking again costs nothing: it is a read from memory.
            http.Response.Headers.RetryAfter = "1";
        }

        Head(http, error.Status, error.Body.Length);
        Count(http, error.Status, http.Features.Get<Visit>());
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(error.Body, http.RequestAborted).AsTask();
    }

    /// <summary>Writes down an answer that the agent gave.</summary>
    public void PassedOn(HttpContext http, Visit visit) => Count(http, http.Response.StatusCode, visit);

    /// <summary>Writes down an answer to what is not HTTP, or more than any SDK sends: who asked is all that is known of it.</summary>
    public void Malformed(IPAddress? peer, int status)
    {
        metrics.Answered(status);

        if (audit.IsOn)
        {
            audit.Write(new AuditLine(clock.GetUtcNow(), status, nameof(Malformed), null, null, peer?.ToString(), null, null, null, null, null, null, task.TaskArn));
        }
    }

    private static void Head(HttpContext http, int status, int length)
    {
        var response = http.Response;
        response.StatusCode = status;

        // No charset: the Go SDK parses an error only where the type is exactly this (contract R8).
        response.ContentType = "application/json";
        response.ContentLength = length;
        response.Headers.CacheControl = "no-store";
    }

    private void Count(HttpContext http, int status, Visit? visit)
    {
        metrics.Answered(status);

        if (visit is null || !audit.IsOn)
        {
            return;
        }

        var (credentials, hop) = (visit.Session?.Credentials, visit.Session?.SessionName);
        audit.Write(new AuditLine(
            clock.GetUtcNow(), status, status >= 500 && visit.Reason == "ok" ? "Internal" : visit.Reason, visit.Client, visit.Destination,
            http.Connection.RemoteIpAddress?.ToString(), visit.Uid, AuditLine.Shown(http.Request.Headers.UserAgent),
            credentials?.AccessKeyId, hop, credentials?.RequestId, credentials?.Expiration, task.TaskArn));
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Refused, LogLevel.Warning, "Answered {Status} {Code} to {Peer} for {Asked}: {Reason}")]
        public static partial void Refused(ILogger logger, int status, string code, IPAddress? peer, string asked, string reason);
    }
}
