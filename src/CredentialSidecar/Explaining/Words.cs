using CredentialSidecar.Chains;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Explaining;

/// <summary>The names of policies, and of those who can change them.</summary>
internal static class Words
{
    private const string SsoRole = ":role/AWSReservedSSO_";

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

    /// <summary>For a resource that is not a role.</summary>
    public static string OfResource(PolicyKind kind) => kind switch
    {
        PolicyKind.Trust => "resource-based policy",
        PolicyKind.NotTold => "unknown: the text does not name it",
        _ => Of(kind),
    };

    public static string WithArticle(PolicyKind kind) => $"{(kind == PolicyKind.Identity ? "an" : "a")} "
        + (kind == PolicyKind.NotTold ? "policy" : OfResource(kind));

    /// <param name="caller">Null if unknown.</param>
    public static string Side(PolicyKind kind, Hop hop, string? caller)
    {
        var callers = caller?.Split(':') is [_, _, _, _, { Length: 12 } account, ..] ? $"the caller's account, {account}"
            : "the caller's account";
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

    public static string SideOfResource(PolicyKind kind) => kind switch
    {
        PolicyKind.Trust => "the account of the resource",
        PolicyKind.ServiceControl => "the organization of the caller's account",
        PolicyKind.ResourceControl => "the organization of the resource's account",
        PolicyKind.VpcEndpoint => "the network of the caller",
        PolicyKind.NotTold => "the account of the caller, or of the resource",
        _ => "the account of the caller",
    };

    /// <summary>A note about roles whose policies IAM Identity Center manages.</summary>
    public static string OfSso(string? caller) => caller?.Contains(SsoRole, StringComparison.Ordinal) != true ? ""
        : "The caller is a role of IAM Identity Center: change its permission set instead of the role. ";
}
