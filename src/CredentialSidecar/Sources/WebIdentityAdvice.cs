namespace CredentialSidecar.Sources;

/// <summary>What to do if STS gives no session for a web identity token.</summary>
internal static class WebIdentityAdvice
{
    public const string Rejected =
        "The provider revoked the token or does not know it any more. Restart the pod, so that it gets a new token.";

    /// <summary>The statement that the role's trust policy needs, with the token's own claims.</summary>
    public static string Trust(WebIdentityAttempt attempt) =>
        $"Check that the role exists, and add this statement to the trust policy of {attempt.Settings.Role}: {Statement(attempt)}. "
        + "If it exists, look for a service control policy or a VPC endpoint policy that denies the call.";

    public static string Provider(WebIdentityAttempt attempt) =>
        $"Account {attempt.Settings.Role.AccountId} needs an IAM OIDC provider for https://{Issuer(attempt)} "
        + $"with the audience {Audience(attempt)}. In EKS, that is the issuer of the pod's own cluster.";

    public static string Discovery(WebIdentityAttempt attempt) =>
        $"STS reads https://{Issuer(attempt)}/.well-known/openid-configuration and the keys that it names, over the internet. "
        + "The sidecar keeps retrying.";

    public static string Expired(WebIdentityAttempt attempt) => ClockText.For(attempt.Skew)
        ?? $"The sidecar reads the file again for each attempt. Check that something renews {attempt.Settings.TokenKey}: "
            + "the kubelet renews a projected volume, but not a copy and not a subPath mount.";

    private static string Statement(WebIdentityAttempt attempt)
    {
        var (issuer, role) = (Issuer(attempt), attempt.Settings.Role);
        var subject = attempt.Token.Subject ?? "<the token's sub>";
        var principal = $"arn:{role.Partition}:iam::{role.AccountId}:oidc-provider/{issuer}";
        var conditions = $"\"{issuer}:aud\":\"{Audience(attempt)}\",\"{issuer}:sub\":\"{subject}\"";
        return "{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"" + principal + "\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\","
            + "\"Condition\":{\"StringEquals\":{" + conditions + "}}}";
    }

    private static string Issuer(WebIdentityAttempt attempt) => attempt.Token.Issuer ?? "<the token's issuer>";

    private static string Audience(WebIdentityAttempt attempt) => attempt.Token.Audience ?? "<the token's aud>";
}
