namespace CredentialSidecar.Emulator.Worlds;

/// <summary>One statement of a role's trust policy.</summary>
/// <param name="Principals">ARNs of roles, users or role sessions, an account (its number or its root), or <c>*</c>.</param>
/// <param name="ExternalId">The value a caller must send; null means that it is not checked.</param>
/// <param name="Actions">None given means <c>sts:AssumeRole</c> only.</param>
internal sealed record TrustStatement(
    IReadOnlyList<string> Principals,
    string? ExternalId = null,
    IReadOnlyList<string>? Actions = null)
{
    public bool Covers(string action, string? externalId) =>
        (ExternalId is null || ExternalId == externalId) &&
        (Actions ?? ["sts:AssumeRole"]).Any(pattern => Wildcard.MatchesAction(pattern, action));
}
