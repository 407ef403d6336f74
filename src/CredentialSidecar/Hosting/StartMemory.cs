using CredentialSidecar.Caching;

namespace CredentialSidecar.Hosting;

/// <summary>Returns the memory of the start to the system once every required destination has had a session.</summary>
/// <remarks>
/// Reading thousands of destinations and fetching their first sessions leaves garbage. A process that then does little would keep
/// that memory for hours, because nothing makes it collect.
/// </remarks>
internal sealed class StartMemory(ReadyLatch latch, CurrentTree tree) : BackgroundService
{
    // With fewer destinations there is little to return, and the pause is not worth it.
    private const int Many = 200;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await latch.Set.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (latch.IsSet && tree().Destinations.Count >= Many)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
