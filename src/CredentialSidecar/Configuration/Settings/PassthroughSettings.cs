using System.Collections.Frozen;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>The resources of the ECS agent that are reachable through the sidecar's port.</summary>
/// <param name="Metadata">Task metadata and task protection.</param>
/// <param name="TaskRole">Names of clients that may read the task role itself.</param>
/// <param name="Agent">Where the agent answers, without a slash at the end.</param>
internal sealed record PassthroughSettings(bool Metadata, FrozenSet<string> TaskRole, string Agent);
