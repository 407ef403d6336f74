using System.ComponentModel;

namespace CredentialSidecar.Configuration.Options;

/// <summary>Where the first credentials come from.</summary>
internal sealed class SourceOptions
{
    public SourceKind Kind { get; set; } = SourceKind.TaskRole;

    [Description("The address of the ECS agent.")]
    public string Endpoint { get; set; } = "http://169.254.170.2";
}

/// <summary>The kinds of source.</summary>
internal enum SourceKind
{
    /// <summary>The container credentials endpoint that the platform offers this very container.</summary>
    TaskRole,

    /// <summary>The SDK's own chain: environment, profiles, web identity, instance role.</summary>
    Default,
}
