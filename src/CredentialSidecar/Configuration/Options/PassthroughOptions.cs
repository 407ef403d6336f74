using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>The resources of the ECS agent that siblings may reach through the sidecar's port.</summary>
internal sealed class PassthroughOptions
{
    [Description("Forward task metadata (/v2, /v3, /v4) and task protection (/api) to the ECS agent. This does not include the task role.")]
    public bool Metadata { get; set; }

    [Description("Names of clients that may read the task role itself, by its path /v2/credentials/{id} and with their token.")]
    public List<string> TaskRole { get; set; } = [];
}
