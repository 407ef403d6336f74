using System.Runtime.InteropServices;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary>Finds out which task this is, before anything listens.</summary>
internal static class TaskLookup
{
    /// <returns>Null if the process received a stop signal while it waited.</returns>
    public static async Task<TaskIdentity?> ReadAsync(SidecarSettings settings, CancellationToken cancellationToken)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddSidecarLogging(settings.Logging));
        using var reader = new EndpointReader();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The host, which handles them otherwise, does not run yet.
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

        try
        {
            return await new TaskMetadataReader(reader, TimeProvider.System, logging.CreateLogger<TaskMetadataReader>())
                .ReadAsync(settings.Metadata, stop.Token, settings.TaskNeed);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
