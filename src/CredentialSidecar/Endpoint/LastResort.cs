using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Endpoint;

/// <summary>Turns a fault of ours into an answer that SDKs can read, and a log line that a person can act on.</summary>
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
                // The client hung up; an attempt it waited for goes on for the others.
            }
            catch (BadHttpRequestException e)
            {
                // The client's fault, which anybody can repeat at will: no stack trace.
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
        [LoggerMessage(EventIds.RequestFailed, LogLevel.Error, "A request failed by a fault of the sidecar's own.")]
        public static partial void RequestFailed(ILogger logger, Exception exception);
    }
}
