using CredentialSidecar.Caching;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

/// <summary>
/// Warns if no sibling requests credentials, most often because RELATIVE_URI takes precedence and they use the task role.
/// </summary>
/// <param name="after">How long after ready to wait; zero never warns.</param>
internal sealed partial class ClientWatch(CurrentTree tree, TimeSpan after, TimeProvider clock, ILogger<ClientWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (after > TimeSpan.Zero)
            {
                await WatchAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        while (!tree().Destinations.All(d => d.Lazy || d.Node.Latest is not null))
        {
            await Task.Delay(Pause, clock, stoppingToken);
        }

        await Task.Delay(after, clock, stoppingToken);

        if (!tree().Destinations.Any(d => d.WasAsked))
        {
            Log.NobodyAsked(logger, after < TimeSpan.FromMinutes(1) ? $"{after.TotalSeconds:0.#} s" : $"{after.TotalMinutes:0.#} min");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.NobodyAsked, LogLevel.Warning,
            "No container has requested credentials in the {After} since they were ready. "
            + "Most likely another variable takes precedence over AWS_CONTAINER_CREDENTIALS_FULL_URI, and the application uses the task "
            + "role: ECS sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI in every container of a task with a role, and EKS sets AWS_ROLE_ARN "
            + "with AWS_WEB_IDENTITY_TOKEN_FILE. Start the application with credential-launch, or with "
            + "env -u AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; credential-sidecar doctor finds further causes.")]
        public static partial void NobodyAsked(ILogger logger, string after);
    }
}
