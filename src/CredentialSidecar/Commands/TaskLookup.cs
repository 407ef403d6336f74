using System.Runtime.InteropServices;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary>Reads the identity of this task before the sidecar listens.</summary>
internal static class TaskLookup
{
    /// <returns>Null if a stop signal arrived while waiting.</returns>
    public static async Task<TaskIdentity?> ReadAsync(SidecarSettings settings, CancellationToken cancellationToken)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddSidecarLogging(settings.Logging));
        using var reader = new EndpointReader();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // The host, which usually handles signals, does not run yet.
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
