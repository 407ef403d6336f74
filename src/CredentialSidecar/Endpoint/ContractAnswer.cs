using CredentialSidecar.Chains;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Sends bodies of the contract with their length and their exact media type, and counts and logs what was refused.</summary>
internal sealed partial class ContractAnswer(SidecarMetrics metrics, ILogger<ContractAnswer> logger)
{
    public Task SendAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        metrics.Answered(status);

        var response = http.Response;
        response.StatusCode = status;

        // No charset: the Go SDK parses an error only where the type is exactly this (contract R8).
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    public Task SendAsync(HttpContext http, ContractError error)
    {
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            // Go v1 and JavaScript v2 sleep for as long as it says, and asking again costs nothing: it is a read from memory.
            http.Response.Headers.RetryAfter = "1";
        }

        return SendAsync(http, error.Status, error.Body);
    }

    /// <param name="asked">What was asked for, in words that are not the client's own.</param>
    public Task RefuseAsync(HttpContext http, CredentialException e, string asked)
    {
        var error = ContractError.From(e);
        metrics.Refused(e.Failure);
        Log.Refused(logger, error.Status, error.Code, http.Connection.RemoteIpAddress, asked, e.Message);
        return SendAsync(http, error);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.Refused, LogLevel.Warning, "Answered {Status} {Code} to {Peer} for {Asked}: {Reason}")]
        public static partial void Refused(ILogger logger, int status, string code, System.Net.IPAddress? peer, string asked, string reason);
    }
}
