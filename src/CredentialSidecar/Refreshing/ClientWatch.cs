using CredentialSidecar.Caching;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Refreshing;

/// <summary>Notices that no sibling asks: most often because RELATIVE_URI won, and all of them act as the task role.</summary>
/// <param name="after">How long after ready to wait; zero never warns.</param>
internal sealed partial class ClientWatch(CurrentTree tree, TimeSpan after, TimeProvider clock, ILogger<ClientWatch> logger) : BackgroundService
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
            // Told to stop.
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
            "No container has asked for credentials in the {After} since they were ready. Most likely AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, "
            + "which ECS sets in every container of a task with a role, or AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE, which EKS sets, wins over "
            + "AWS_CONTAINER_CREDENTIALS_FULL_URI there, and the application acts as the task role. Start it by credential-launch, or by "
            + "env -u AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; credential-sidecar doctor looks for more.")]
        public static partial void NobodyAsked(ILogger logger, string after);
    }
}
