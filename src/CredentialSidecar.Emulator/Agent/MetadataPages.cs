using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>Writes the task metadata, statistics and associations of the task's only container, in versions 2, 3 and 4.</summary>
internal sealed partial class MetadataPages(EmulatorState state, TaskRole taskRole, string? containerId = null)
{
    private const string AssociationType = "elastic-inference";
    private const string AssociationName = "device.1:eu~west";

    private readonly DateTimeOffset _started = state.Clock.GetUtcNow();

    // The path holds the agent's id of the container; the metadata holds the container runtime's id.
    private readonly string _dockerId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public string ContainerId { get; } = containerId ?? $"{Guid.NewGuid():N}-{RandomNumberGenerator.GetString("0123456789", 10)}";

    public string TaskArn => Arn($"task/{Description.Cluster}/{taskRole.TaskId}");

    /// <summary>Whether the id in a path is the container's.</summary>
    public bool Knows(string id) => id == ContainerId;

    /// <summary>The answer to a path of metadata, or null for another one.</summary>
    public Answer? Find(string path) => Old().Match(path) is { Success: true } old ? FindOld(old.Groups[1].Value, old.Groups[2].Value)
        : New().Match(path) is { Success: true } match ? FindNew(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)
        : null;

    // Version 2 identifies a task by its address; the emulator has one task.
    private Answer FindOld(string what, string id)
    {
        if (id.Length > 0 && id != _dockerId)
        {
            return Text(400, $"Unable to get container metadata for '{id}'");
        }

        return what == "stats" ? Stats(isTask: id.Length == 0)
            : id.Length > 0 ? Container()
            : Task(what == "metadataWithTags");
    }

    private Answer? FindNew(string version, string id, string rest)
    {
        if (!Knows(id))
        {
            var subject = rest.StartsWith("/task", StringComparison.Ordinal) ? "task" : "container";
            return Text(
                version == "v4" ? 404 : 400,
                $"{version.ToUpperInvariant()} {subject} metadata handler: " +
                $"unable to get {subject} ID from request: unable to find the v3 endpoint ID: {id}");
        }

        return rest switch
        {
            "" => Container(),
            "/task" => Task(withTags: false),
            "/taskWithTags" => Task(withTags: true),
            "/stats" => Stats(isTask: false),
            "/task/stats" => Stats(isTask: true),
            $"/associations/{AssociationType}" =>
                Ok(JsonSerializer.Serialize(new Associations([AssociationName]), AgentJson.Plain.Associations)),
            $"/associations/{AssociationType}/{AssociationName}" => Ok("{\"Kind\":\"emulated\"}"),
            _ when rest.StartsWith("/associations/", StringComparison.Ordinal) =>
                Text(400, $"{version.ToUpperInvariant()} container associations handler: unable to find the association"),
            _ => null,
        };
    }

    private Answer Task(bool withTags) => Ok(JsonSerializer.Serialize(
        new TaskMetadata(
            Description.Cluster, TaskArn, Description.Family, Description.Revision, "RUNNING", "RUNNING",
            new Limits(0.25, 512), Started, Started, $"{Description.Region}a", AvailabilityZoneID: "use1-az1",
            withTags ? new Dictionary<string, string> { ["family"] = Description.Family } : null,
            Description.LaunchType, [Describe()], "vpc-0123456789abcdef0", Description.Family, FaultInjectionEnabled: false),
        AgentJson.Plain.TaskMetadata));

    private Answer Container() => Ok(JsonSerializer.Serialize(Describe(), AgentJson.Plain.ContainerMetadata));

    private ContainerMetadata Describe() => new(
        _dockerId, "app", "app", "app:latest", "sha256:" + new string('0', 64),
        new Dictionary<string, string>
        {
            ["com.amazonaws.ecs.cluster"] = Description.Cluster,
            ["com.amazonaws.ecs.container-name"] = "app",
            ["com.amazonaws.ecs.task-arn"] = TaskArn,
            ["com.amazonaws.ecs.task-definition-family"] = Description.Family,
            ["com.amazonaws.ecs.task-definition-version"] = Description.Revision,
        },
        "RUNNING", "RUNNING", new Limits(2, 512), Started, Started, "NORMAL",
        Arn($"container/{Description.Cluster}/{taskRole.TaskId}/{_dockerId}"),
        [
            new ContainerNetwork(
                "awsvpc", ["127.0.0.1"], 0, "0a:00:00:00:00:01", "10.0.0.0/24", ["10.0.0.2"], "ip-10-0-0-10.internal", "10.0.0.1/24"),
        ]);

    private Answer Stats(bool isTask)
    {
        var stats = new Stats(Started, "/app", _dockerId);
        return Ok(isTask
            ? JsonSerializer.Serialize(new Dictionary<string, Stats> { [_dockerId] = stats }, AgentJson.Plain.DictionaryStringStats)
            : JsonSerializer.Serialize(stats, AgentJson.Plain.Stats));
    }

    private TaskDescription Description => state.World.Task ?? new TaskDescription();

    private string Started => _started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private string Arn(string resource)
    {
        var role = Worlds.Arn.Parse(state.World.TaskRole);
        return $"arn:{role.Partition}:ecs:{Description.Region}:{role.Account}:{resource}";
    }

    private static Answer Ok(string json) => new(200, "application/json", json);

    private static Answer Text(int status, string text) =>
        new(status, "application/json", JsonSerializer.Serialize(text, AgentJson.Plain.String));

    [GeneratedRegex(@"^/v2/(metadata|metadataWithTags|stats)(?:/([^/]*))?\z")]
    private static partial Regex Old();

    [GeneratedRegex(@"^/(v3|v4)/([^/]+)((?:/.*)?)\z")]
    private static partial Regex New();
}
