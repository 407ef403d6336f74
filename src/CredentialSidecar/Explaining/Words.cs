using CredentialSidecar.Chains;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>The names of policies, and of those who can change them.</summary>
internal static class Words
{
    public static string Of(PolicyKind kind) => kind switch
    {
        PolicyKind.Identity => "identity-based policy",
        PolicyKind.Trust => "trust policy",
        PolicyKind.Boundary => "permissions boundary",
        PolicyKind.Session => "session policy",
        PolicyKind.ServiceControl => "service control policy (SCP)",
        PolicyKind.ResourceControl => "resource control policy (RCP)",
        PolicyKind.VpcEndpoint => "VPC endpoint policy",
        _ => "unknown: STS does not name it",
    };

    /// <param name="caller">Null if unknown.</param>
    public static string Side(PolicyKind kind, Hop hop, string? caller)
    {
        var callers = RoleArn.TryParse(caller, out var role, out _) ? $"the caller's account, {role.AccountId}" : "the caller's account";
        var owners = $"the role's account, {hop.Role.AccountId}";
        return kind switch
        {
            PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session => callers,
            PolicyKind.Trust => owners,
            PolicyKind.ServiceControl => $"the organization of {callers}",
            PolicyKind.ResourceControl => $"the organization of {owners}",
            PolicyKind.VpcEndpoint => "the network of the caller",
            _ => $"{callers}, or {owners}: STS does not say which",
        };
    }
}
