using System.Net;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Reads once, at start, which task this is.</summary>
internal sealed partial class TaskMetadataReader(EndpointReader reader, TimeProvider clock, ILogger<TaskMetadataReader> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The task, or <see cref="TaskIdentity.Unknown"/> where there is no metadata or it does not answer.</summary>
    /// <param name="metadata"><c>ECS_CONTAINER_METADATA_URI_V4</c>.</param>
    public async Task<TaskIdentity> ReadAsync(Uri? metadata, CancellationToken cancellationToken)
    {
        if (metadata is null)
        {
            return TaskIdentity.Unknown;
        }

        var resilience = new Resilience(clock, Limit, e => new CredentialException(
            CredentialFailure.SourceUnavailable, Unreachable.From(e).Why, e) { MayPassAtOnce = true });

        try
        {
            return await resilience.RunAsync(token => ReadOnceAsync(new Uri(metadata.AbsoluteUri.TrimEnd('/') + "/task"), token), cancellationToken);
        }
        catch (CredentialException e)
        {
            Log.MetadataUnavailable(logger, metadata.GetLeftPart(UriPartial.Authority), e.Message);
            return TaskIdentity.Unknown;
        }
    }

    private async Task<TaskIdentity> ReadOnceAsync(Uri uri, CancellationToken cancellationToken)
    {
        var (status, body) = await reader.GetAsync(uri, null, cancellationToken);

        if (status != HttpStatusCode.OK)
        {
            throw new CredentialException(CredentialFailure.SourceUnavailable, $"it answered {(int)status}") { MayPassAtOnce = true };
        }

        var task = JsonSerializer.Deserialize(body, SourcesJson.Default.TaskMetadataDocument);

        // arn:aws:ecs:eu-central-1:111122223333:task/cluster/0123…; older ARNs leave the cluster out.
        var arn = task?.TaskARN?.Split(':', 6) is { Length: 6 } parts ? parts : null;
        return new TaskIdentity(task?.TaskARN, LastPart(arn?[5]), task?.Family, LastPart(task?.Cluster), arn?[3] is { Length: > 0 } region ? region : null);
    }

    private static string? LastPart(string? path) => path?[(path.LastIndexOf('/') + 1)..];

    private static partial class Log
    {
        [LoggerMessage(Telemetry.EventIds.MetadataUnavailable, LogLevel.Warning,
            "Task metadata at {Endpoint} could not be read: {Reason}. Role session names will not tell the task.")]
        public static partial void MetadataUnavailable(ILogger logger, string endpoint, string reason);
    }
}
