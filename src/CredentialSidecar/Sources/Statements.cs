using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The policy statements that a hop needs, ready to paste. The operator fills in the external id.</summary>
/// <param name="caller">The caller's ARN; null if unknown.</param>
/// <param name="denied">The action that STS denied. The hop may need it without configuring tags, because transitive tags are
/// inherited.</param>
internal sealed class Statements(Hop hop, string? caller, string denied)
{
    private readonly string _actions = string.Join(',', new[] { "sts:AssumeRole" }
        .Concat(hop.Tags.Count > 0 || denied == "sts:TagSession" ? ["sts:TagSession"] : [])
        .Concat(hop.SourceIdentity is not null || denied == "sts:SetSourceIdentity" ? ["sts:SetSourceIdentity"] : [])
        .Select(action => $"\"{action}\""));

    /// <summary>For a policy of the caller: identity-based, permissions boundary, session policy.</summary>
    public string OfCaller => $$"""{"Effect":"Allow","Action":[{{_actions}}],"Resource":"{{hop.Role}}"}""";

    /// <summary>For the policy of a VPC endpoint, which names its callers.</summary>
    public string OfEndpoint => $$"""{"Effect":"Allow","Principal":"*","Action":[{{_actions}}],"Resource":"{{hop.Role}}"}""";

    public string OfTrust
    {
        get
        {
            var principal = caller ?? "<the caller's role ARN>";
            var condition = hop.ExternalId is null ? ""
                : ""","Condition":{"StringEquals":{"sts:ExternalId":"<the configured ExternalId>"}}""";
            return $$"""{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":[{{_actions}}]{{condition}}}""";
        }
    }
}
