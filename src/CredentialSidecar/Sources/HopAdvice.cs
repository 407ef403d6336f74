using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>What an operator should check when a hop fails. STS says only AccessDenied, whichever of four policies is the reason.</summary>
internal static class HopAdvice
{
    public static string? For(CredentialFailure failure, string? code, Hop hop, TimeSpan skew) => (failure, code) switch
    {
        (CredentialFailure.Denied, _) => Denied(hop),
        (CredentialFailure.SignerRejected, "SignatureDoesNotMatch" or "RequestExpired") =>
            $"This clock and STS's differ by {Math.Abs(skew.TotalSeconds):0} s; over 300 s every signature is refused. Otherwise something between changed the request.",
        (CredentialFailure.InvalidHop, "PackedPolicyTooLarge") =>
            "Policy, PolicyArns and Tags together, the inherited transitive tags included, are too large when packed: shorten them.",
        (CredentialFailure.InvalidHop, "RegionDisabledException" or "RegionDisabled") =>
            $"Activate STS for {hop.Region} in the account of the caller (IAM, account settings), or set another Region.",
        _ => null,
    };

    private static string Denied(Hop hop)
    {
        var tagged = hop.Tags.Count > 0;
        var actions = string.Join(", ", new[] { "\"sts:AssumeRole\"", tagged ? "\"sts:TagSession\"" : null, hop.SourceIdentity is null ? null : "\"sts:SetSourceIdentity\"" }
            .Where(action => action is not null));
        var condition = hop.ExternalId is null ? "" : ""","Condition":{"StringEquals":{"sts:ExternalId":"<the configured ExternalId>"}}""";

        return "Check, in this order: (1) the caller's own policy allows it: "
            + $$"""{"Effect":"Allow","Action":[{{actions}}],"Resource":"{{hop.Role}}"}; """
            + $"(2) the trust policy of {hop.Role} names the caller: "
            + $$"""{"Effect":"Allow","Principal":{"AWS":"<the caller's role ARN>"},"Action":[{{actions}}]{{condition}}}; """
            + (hop.ExternalId is null
                ? "(3) the trust policy asks for no sts:ExternalId, since none is configured; "
                : "(3) its sts:ExternalId is exactly the configured one; ")
            + (tagged ? "" : "(4) if the caller's session has transitive tags (EKS Pod Identity sets some), both policies also need sts:TagSession; ")
            + "(5) no service control policy or permissions boundary forbids it.";
    }
}
