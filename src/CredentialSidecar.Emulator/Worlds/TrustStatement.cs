using CredentialSidecar.Emulator.Sts;

namespace CredentialSidecar.Emulator.Worlds;

/// <summary>One statement of a role's trust policy.</summary>
/// <param name="Principals">ARNs of roles, users or role sessions, an account (its number or its root), or <c>*</c>.</param>
/// <param name="ExternalId">The value a caller must send; null means that it is not checked.</param>
/// <param name="Actions">None given means <c>sts:AssumeRole</c> only.</param>
/// <param name="Services">Services that may give the role to their resources, such as <c>ecs-tasks.amazonaws.com</c>.</param>
/// <param name="SourceAccount">For a service: the account of the resource, as <c>aws:SourceAccount</c>; null is not checked.</param>
/// <param name="SourceArn">For a service: the ARN of the resource with <c>*</c> and <c>?</c>, as <c>aws:SourceArn</c> with ArnLike.</param>
/// <param name="Federated">ARNs of OIDC providers, whose tokens may assume the role; then no <paramref name="Actions"/> means
/// <c>sts:AssumeRoleWithWebIdentity</c>.</param>
/// <param name="Audience">For a token: its <c>aud</c>; null is not checked.</param>
/// <param name="Subject">For a token: its <c>sub</c> with <c>*</c> and <c>?</c>, as with StringLike; null is not checked.</param>
internal sealed record TrustStatement(
    IReadOnlyList<string> Principals,
    string? ExternalId = null,
    IReadOnlyList<string>? Actions = null,
    IReadOnlyList<string>? Services = null,
    string? SourceAccount = null,
    string? SourceArn = null,
    IReadOnlyList<string>? Federated = null,
    string? Audience = null,
    string? Subject = null)
{
    private const string WithWebIdentity = "sts:AssumeRoleWithWebIdentity";

    /// <summary>Whether a token of that provider may assume the role.</summary>
    public bool Trusts(string provider, JsonWebToken token) =>
        Federated?.Contains(provider) == true
        && (Audience is null || token.Audiences.Contains(Audience))
        && (Subject is null || Wildcard.MatchesResource(Subject, token.Subject))
        && (Actions ?? [WithWebIdentity]).Any(pattern => Wildcard.MatchesAction(pattern, WithWebIdentity));

    /// <summary>Whether a service may give the role to a resource.</summary>
    public bool Covers(string service, string account, string arn) =>
        Services?.Contains(service) == true
        && (SourceAccount is null || SourceAccount == account)
        && (SourceArn is null || Wildcard.MatchesResource(SourceArn, arn));

    public bool Covers(string action, string? externalId) =>
        (ExternalId is null || ExternalId == externalId) &&
        (Actions ?? ["sts:AssumeRole"]).Any(pattern => Wildcard.MatchesAction(pattern, action));
}
