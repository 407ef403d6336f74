using System.Net;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>Reads the identity of this task at start.</summary>
internal sealed partial class TaskMetadataReader(EndpointReader reader, TimeProvider clock, ILogger<TaskMetadataReader> logger)
{
    private const string Nameless = "Role session names will not contain the task.";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // Ten minutes of pauses.
    private const int TriesPerLine = 300;

    /// <summary>The task, or <see cref="TaskIdentity.Unknown"/> if task metadata is missing or does not answer.</summary>
    /// <param name="metadata"><c>ECS_CONTAINER_METADATA_URI_V4</c>.</param>
    /// <param name="need">Why the task must be known, as a clause; null if it need not be. If set, the reader retries until there is an
    /// answer: a refused connection or a 429 is temporary, and an exit would end the task.</param>
    public async Task<TaskIdentity> ReadAsync(Uri? metadata, CancellationToken cancellationToken, string? need = null)
    {
        if (metadata is null)
        {
            return TaskIdentity.Unknown;
        }

        var resilience = new Resilience(clock, Limit, e => new CredentialException(
            CredentialFailure.SourceUnavailable, Unreachable.From(e).Why, e) { MayPassAtOnce = true });

        for (var tries = 0; ; tries++)
        {
            try
            {
                return await resilience.RunAsync(token => ReadOnceAsync(new Uri(metadata.AbsoluteUri.TrimEnd('/') + "/task"), token),
                    cancellationToken);
            }
            catch (CredentialException e)
            {
                if (tries % TriesPerLine == 0)
                {
                    Log.MetadataUnavailable(logger, metadata.GetLeftPart(UriPartial.Authority), e.Message,
                        need is null ? Nameless : $"{need}, so the sidecar retries every 2 s and serves nothing until then.");
                }
            }

            if (need is null)
            {
                return TaskIdentity.Unknown;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task<TaskIdentity> ReadOnceAsync(Uri uri, CancellationToken cancellationToken)
    {
        var (status, body) = await reader.GetAsync(uri, null, cancellationToken, EndpointReader.LargestMetadata);

        if (status != HttpStatusCode.OK)
        {
            throw new CredentialException(CredentialFailure.SourceUnavailable, $"it answered {(int)status}") { MayPassAtOnce = true };
        }

        var task = Read(body);

        // arn:aws:ecs:eu-central-1:111122223333:task/cluster/0123…; older ARNs leave the cluster out.
        var arn = task?.TaskARN?.Split(':', 6) is { Length: 6 } parts ? parts : null;
        return new TaskIdentity(task?.TaskARN, LastPart(arn?[5]), task?.Family, LastPart(task?.Cluster),
            arn?[3] is { Length: > 0 } region ? region : null);
    }

    private static TaskMetadataDocument? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SourcesJson.Default.TaskMetadataDocument);
        }
        catch (JsonException e)
        {
            throw new CredentialException(CredentialFailure.SourceUnavailable,
                $"it did not answer valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }
    }

    private static string? LastPart(string? path) => path?[(path.LastIndexOf('/') + 1)..];

    private static partial class Log
    {
        [LoggerMessage(Telemetry.EventIds.MetadataUnavailable, LogLevel.Warning,
            "Task metadata at {Endpoint} could not be read: {Reason}. {Consequence}")]
        public static partial void MetadataUnavailable(ILogger logger, string endpoint, string reason, string consequence);
    }
}
