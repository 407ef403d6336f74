using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Turns an internal error into an answer that SDKs can read and a log line for the operator.</summary>
internal static partial class LastResort
{
    public static void UseLastResort(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(LastResort).FullName!);
        var answer = app.Services.GetRequiredService<ContractAnswer>();

        app.Use(async (http, next) =>
        {
            try
            {
                await next(http);
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                // The client closed the connection; an attempt under way continues for other clients.
            }
            catch (BadHttpRequestException e)
            {
                // A client error, which any client can repeat, so without a stack trace.
                if (!http.Response.HasStarted)
                {
                    http.Response.Clear();
                    await answer.SendMalformedAsync(http, e.StatusCode);
                }
            }
            catch (Exception e)
            {
                Log.RequestFailed(logger, e);

                if (!http.Response.HasStarted)
                {
                    http.Response.Clear();
                    await answer.SendAsync(http, ContractError.Of(500));
                }
            }
        });
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RequestFailed, LogLevel.Error, "A request failed because of an internal error.")]
        public static partial void RequestFailed(ILogger logger, Exception exception);
    }
}
