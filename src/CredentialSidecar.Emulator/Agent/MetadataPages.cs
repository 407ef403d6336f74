using System.Globalization;
using System.Text.Json;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>Writes the task metadata of the one container there is.</summary>
internal sealed class MetadataPages(EmulatorState state, TaskRole taskRole, string? containerId = null)
{
    private readonly DateTimeOffset _started = state.Clock.GetUtcNow();

    public string ContainerId { get; } = containerId ?? $"{Guid.NewGuid():N}-{Random10Digits()}";

    public string TaskArn => Arn($"task/{Description.Cluster}/{taskRole.TaskId}");

    /// <summary>The answer to <c>/v4/{containerId}</c> and <c>/v4/{containerId}/task</c>, or null for another path.</summary>
    public Answer? Find(string path)
    {
        var json = AgentJson.Plain;
        return path == $"/v4/{ContainerId}" ? Ok(JsonSerializer.Serialize(Container(), json.ContainerMetadata))
            : path == $"/v4/{ContainerId}/task" ? Ok(JsonSerializer.Serialize(Task(), json.TaskMetadata))
            : null;
    }

    private TaskMetadata Task() => new(
        Description.Cluster, TaskArn, Description.Family, Description.Revision,
        "RUNNING", "RUNNING", [Container()], Description.LaunchType, $"{Description.Region}a");

    private ContainerMetadata Container() => new(
        ContainerId, "app", "app", "app:latest", "sha256:" + new string('0', 64),
        new Dictionary<string, string>
        {
            ["com.amazonaws.ecs.cluster"] = Description.Cluster,
            ["com.amazonaws.ecs.container-name"] = "app",
            ["com.amazonaws.ecs.task-arn"] = TaskArn,
            ["com.amazonaws.ecs.task-definition-family"] = Description.Family,
            ["com.amazonaws.ecs.task-definition-version"] = Description.Revision,
        },
        "RUNNING", "RUNNING", Started, Started, "NORMAL",
        Arn($"container/{Description.Cluster}/{taskRole.TaskId}/{ContainerId}"),
        [new ContainerNetwork("awsvpc", ["127.0.0.1"])]);

    private TaskDescription Description => state.World.Task ?? new TaskDescription();

    private string Started => _started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private string Arn(string resource)
    {
        var role = Worlds.Arn.Parse(state.World.TaskRole);
        return $"arn:{role.Partition}:ecs:{Description.Region}:{role.Account}:{resource}";
    }

    private static string Random10Digits() =>
        System.Security.Cryptography.RandomNumberGenerator.GetString("0123456789", 10);

    private static Answer Ok(string json) => new(200, "application/json", json);
}
