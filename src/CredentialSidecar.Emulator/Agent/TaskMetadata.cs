namespace CredentialSidecar.Emulator.Agent;

/// <summary>Task metadata version 4, <c>/task</c>: what most readers look at, in ECS's spelling.</summary>
internal sealed record TaskMetadata(
    string Cluster,
    string TaskARN,
    string Family,
    string Revision,
    string DesiredStatus,
    string KnownStatus,
    IReadOnlyList<ContainerMetadata> Containers,
    string LaunchType,
    string AvailabilityZone);

/// <summary>Task metadata version 4, the container itself.</summary>
internal sealed record ContainerMetadata(
    string DockerId,
    string Name,
    string DockerName,
    string Image,
    string ImageID,
    IReadOnlyDictionary<string, string> Labels,
    string DesiredStatus,
    string KnownStatus,
    string CreatedAt,
    string StartedAt,
    string Type,
    string ContainerARN,
    IReadOnlyList<ContainerNetwork> Networks);

internal sealed record ContainerNetwork(string NetworkMode, IReadOnlyList<string> IPv4Addresses);
