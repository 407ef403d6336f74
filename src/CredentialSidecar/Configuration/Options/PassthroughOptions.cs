using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>What of the ECS agent's siblings may reach through the sidecar's port.</summary>
internal sealed class PassthroughOptions
{
    [Description("Pass task metadata (/v2, /v3, /v4) and task protection (/api) on to the ECS agent. The task role is no part of it.")]
    public bool Metadata { get; set; }

    [Description("Names of clients that may read the task role itself, by its path /v2/credentials/{id} and with their token.")]
    public List<string> TaskRole { get; set; } = [];
}
