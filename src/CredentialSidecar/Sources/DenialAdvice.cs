using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>
/// The advice for an AccessDenied: one statement if STS names the kind of policy, otherwise both statements. It never guesses.
/// </summary>
internal static class DenialAdvice
{
    /// <param name="caller">The role that signed the call, as the agent or the previous hop reported it.</param>
    /// <param name="hopNumber">Counted from 1.</param>
    /// <param name="isConfigured">Whether the hop is one of the configuration; otherwise only its role is known.</param>
    public static string For(Hop hop, string? caller, int hopNumber, string? said, bool isConfigured = true)
    {
        var denial = Denial.Read(said);
        var known = denial.Caller is null || Denial.IsSame(caller, denial.Caller) ? caller : denial.Caller;
        var statements = new Statements(hop, known, denial.Action);
        var who = known is null ? "the caller"
            : known == denial.Caller && known != caller && known.Contains(":role/", StringComparison.Ordinal)
                ? $"{known} (add the role's IAM path, if it has one)"
            : known;
        var advice = denial.IsExplicit
            ? $"A Deny in {Where(denial.Kind, hop, who)} covers {denial.Action} on {hop.Role}: narrow that statement."
            : Missing(denial, hop, who, hopNumber, statements, isConfigured ? ExternalId(hop) : UnknownExternalId);

        return Itself(hop, known) + advice + Encoded(said);
    }

    private static string Missing(
        Denial denial, Hop hop, string who, int hopNumber, Statements statements, string externalId) => denial.Kind switch
    {
        PolicyKind.Identity => $"Add this statement to an identity-based policy of {who}: {statements.OfCaller}",
        PolicyKind.Trust => $"Add this statement to the trust policy of {hop.Role}: {statements.OfTrust}. {externalId}",
        PolicyKind.Boundary => $"The permissions boundary of {who} allows too little. Add this statement to it: {statements.OfCaller}",
        PolicyKind.Session when hopNumber > 1 =>
            $"Policy or PolicyArns of hop {hopNumber - 1} in the sidecar's configuration limit the session of {who}. "
            + $"Add this statement there: {statements.OfCaller}",
        PolicyKind.Session => $"The session policy of {who} allows too little. Add this statement to it: {statements.OfCaller}",
        PolicyKind.ServiceControl or PolicyKind.ResourceControl =>
            $"Only a statement in {Where(denial.Kind, hop, who)} can allow {denial.Action} on {hop.Role}. "
            + "Ask the administrators of the organization.",
        PolicyKind.VpcEndpoint => $"Add this statement to {Where(denial.Kind, hop, who)}: {statements.OfEndpoint}",
        _ => NotTold(hop, who, statements, denial.Action, externalId),
    };

    private static string NotTold(Hop hop, string who, Statements statements, string action, string externalId) =>
        "STS does not name the missing policy. Check that both statements exist. "
        + $"(1) In an identity-based policy of {who}: {statements.OfCaller}. "
        + $"(2) In the trust policy of {hop.Role}: {statements.OfTrust}. {externalId} "
        + (hop.Tags.Count > 0 || action == "sts:TagSession"
            ? ""
            : "If the caller's session has transitive tags (EKS Pod Identity sets some), both statements also need sts:TagSession. ")
        + "If both exist, look for a permissions boundary, a session policy, a service or resource control policy, "
        + "or a VPC endpoint policy that denies the call.";

    private const string UnknownExternalId = "If the trust policy requires sts:ExternalId, the call must send the same value.";

    private static string ExternalId(Hop hop) => hop.ExternalId is { } id
        ? "STS gives the same answer for a wrong ExternalId. Check that the trust policy's sts:ExternalId equals the configured one "
            + $"(value hidden, {id.Length} characters)."
        : "No ExternalId is configured for this hop, so the trust policy must not require sts:ExternalId.";

    private static string Where(PolicyKind kind, Hop hop, string who) => kind switch
    {
        PolicyKind.Identity => $"an identity-based policy of {who}",
        PolicyKind.Trust => $"the trust policy of {hop.Role}",
        PolicyKind.Boundary => $"the permissions boundary of {who}",
        PolicyKind.Session => $"the session policy of {who}",
        PolicyKind.ServiceControl => $"a service control policy (SCP) of the organization of {who}",
        PolicyKind.ResourceControl => $"a resource control policy (RCP) of the organization of account {hop.Role.AccountId}",
        PolicyKind.VpcEndpoint => $"the policy of the VPC endpoint for STS in {hop.Region} (com.amazonaws.{hop.Region}.sts)",
        _ => "a policy that STS does not name",
    };

    private static string Itself(Hop hop, string? caller) => !Denial.IsSame(caller, hop.Role.Text) ? ""
        : $"{hop.Role} is the caller's own role, so this hop assumes itself. "
            + "Remove this hop, or add the role to its own trust policy, which AWS requires since 2023. ";

    private static string Encoded(string? said) =>
        said?.Contains("ncoded authorization failure message", StringComparison.Ordinal) != true ? ""
        : " STS encoded the reason. Decode it with: aws sts decode-authorization-message --encoded-message <the message>. "
            + "The caller needs sts:DecodeAuthorizationMessage; CloudTrail has the full message under the request id.";
}
