using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Sends a body of the contract with its length and its exact media type.</summary>
internal static class ContractAnswer
{
    public static Task SendAsync(HttpContext http, int status, ReadOnlyMemory<byte> body)
    {
        http.RequestServices.GetRequiredService<SidecarMetrics>().Answered(status);

        var response = http.Response;
        response.StatusCode = status;

        // No charset: the Go SDK parses an error only where the type is exactly this (contract R8).
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    public static Task SendAsync(HttpContext http, ContractError error)
    {
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            // Go v1 and JavaScript v2 sleep for as long as it says, and asking again costs nothing: it is a read from memory.
            http.Response.Headers.RetryAfter = "1";
        }

        return SendAsync(http, error.Status, error.Body);
    }
}
