namespace CredentialSidecar.Chains;

/// <summary>Where the sidecar runs, beside what task metadata tells; a part that is not known is null.</summary>
/// <param name="Hostname">The machine's name as the container sees it.</param>
internal sealed record Placement(string? Pod, string? Namespace, string? ServiceAccount, string? Node, string? Hostname)
{
    public static Placement Unknown { get; } = new(null, null, null, null, null);
}
