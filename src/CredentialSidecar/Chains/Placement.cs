namespace CredentialSidecar.Chains;

/// <summary>Where the sidecar runs, besides task metadata; unknown parts are null.</summary>
/// <param name="Hostname">The machine's name as the container sees it.</param>
internal sealed record Placement(string? Pod, string? Namespace, string? ServiceAccount, string? Node, string? Hostname)
{
    public static Placement Unknown { get; } = new(null, null, null, null, null);
}
