using System.Text.Json.Serialization;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>Task metadata of <c>/task</c>, in ECS's spelling and order.</summary>
internal sealed record TaskMetadata(
    string Cluster,
    string TaskARN,
    string Family,
    string Revision,
    string DesiredStatus,
    string KnownStatus,
    Limits Limits,
    string PullStartedAt,
    string PullStoppedAt,
    string AvailabilityZone,
    string AvailabilityZoneID,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? TaskTags,
    string LaunchType,
    IReadOnlyList<ContainerMetadata> Containers,
    string VPCID,
    string ServiceName,
    bool FaultInjectionEnabled);

internal sealed record Limits(double CPU, int Memory);

/// <summary>Task metadata of the container itself.</summary>
/// <param name="DockerId">The container runtime's id, which is another than that of the path.</param>
internal sealed record ContainerMetadata(
    string DockerId,
    string Name,
    string DockerName,
    string Image,
    string ImageID,
    IReadOnlyDictionary<string, string> Labels,
    string DesiredStatus,
    string KnownStatus,
    Limits Limits,
    string CreatedAt,
    string StartedAt,
    string Type,
    string ContainerARN,
    IReadOnlyList<ContainerNetwork> Networks);

internal sealed record ContainerNetwork(
    string NetworkMode,
    IReadOnlyList<string> IPv4Addresses,
    int AttachmentIndex,
    string MACAddress,
    string IPv4SubnetCIDRBlock,
    IReadOnlyList<string> DomainNameServers,
    string PrivateDNSName,
    string SubnetGatewayIpv4Address);

/// <summary>What the container runtime measured, without the measurements.</summary>
internal sealed record Stats(
    [property: JsonPropertyName("read")] string Read,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("id")] string Id);

internal sealed record Associations([property: JsonPropertyName("Associations")] IReadOnlyList<string> Names);
