using System.Text.RegularExpressions;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The kinds of policy that STS names in an AccessDenied.</summary>
internal enum PolicyKind
{
    /// <summary>STS does not name the policy, which is usual across accounts.</summary>
    NotTold,
    Identity,
    Trust,
    Boundary,
    Session,
    ServiceControl,
    ResourceControl,
    VpcEndpoint,
}

/// <summary>The parts of an AccessDenied from STS that the advice uses: values of closed sets and validated ARNs.</summary>
/// <param name="Action">The action that was denied.</param>
/// <param name="IsExplicit">Whether a Deny statement matched; otherwise no statement allowed the action.</param>
/// <param name="Caller">The IAM ARN of the caller that STS names. A role's ARN lacks its path, because a session's ARN does not contain
/// it.</param>
internal sealed partial record Denial(string Action, PolicyKind Kind, bool IsExplicit, string? Caller)
{
    /// <summary>How many characters of a text are read.</summary>
    public const int Longest = 4096;

    /// <summary>Whether an action is one of those that a hop needs.</summary>
    public static bool IsOfHop(string action) => action is "sts:AssumeRole" or "sts:TagSession" or "sts:SetSourceIdentity";

    /// <summary>See "Troubleshoot access denied error messages" in the IAM user guide for the wording.</summary>
    public static Denial Read(string? text)
    {
        var said = text is { Length: > Longest } ? text[..Longest] : text ?? "";
        var action = Actions().Match(said);
        var policy = Policies().Match(said);

        return new Denial(
            action.Success ? action.Groups[1].Value : "sts:AssumeRole",
            !policy.Success ? PolicyKind.NotTold : policy.Groups["kind"].Value.ToUpperInvariant() switch
            {
                "IDENTITY-BASED POLICY" => PolicyKind.Identity,
                "PERMISSIONS BOUNDARY" => PolicyKind.Boundary,
                "SESSION POLICY" => PolicyKind.Session,
                "SERVICE CONTROL POLICY" => PolicyKind.ServiceControl,
                "RESOURCE CONTROL POLICY" => PolicyKind.ResourceControl,
                "VPC ENDPOINT POLICY" => PolicyKind.VpcEndpoint,

                // The resource-based policy of a role is its trust policy.
                _ => PolicyKind.Trust,
            },
            policy.Groups["explicit"].Success,
            Users().Match(said) is { Success: true } user ? CallerOf(user) : null);
    }

    /// <summary>Whether both are the same role, even if one ARN lacks the path.</summary>
    public static bool IsSame(string? arn, string? other) =>
        arn is not null && other is not null && (arn == other
            || (RoleArn.TryParse(arn, out var a, out _) && RoleArn.TryParse(other, out var b, out _)
                && (a.Partition, a.AccountId, a.Name) == (b.Partition, b.AccountId, b.Name)
                && (arn.EndsWith($":role/{a.Name}", StringComparison.Ordinal)
                    || other.EndsWith($":role/{b.Name}", StringComparison.Ordinal))));

    private static string CallerOf(Match user) => user.Groups["role"].Success
        ? $"arn:{user.Groups["partition"].Value}:iam::{user.Groups["account"].Value}:role/{user.Groups["role"].Value}"
        : $"arn:{user.Groups["partition"].Value}:iam::{user.Groups["account"].Value}:user/{user.Groups["user"].Value}";

    [GeneratedRegex(@"perform: (sts:(?:AssumeRole|TagSession|SetSourceIdentity))\b")]
    private static partial Regex Actions();

    [GeneratedRegex(@"\b(?:because no|(?<explicit>with an explicit deny in (?:an?|the))) "
        + @"(?<kind>identity-based policy|resource-based policy|(?:role )?trust policy|permissions boundary|session policy|"
        + @"service control policy|resource control policy|VPC endpoint policy)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Policies();

    [GeneratedRegex(
        @"User: arn:(?<partition>aws[a-z-]{0,16}):(?:sts::(?<account>[0-9]{12}):assumed-role/(?<role>[\w+=,.@-]{1,64})/|"
        + @"iam::(?<account>[0-9]{12}):user/(?<user>[\w+=,.@/-]{1,576})(?= ))",
        RegexOptions.ECMAScript)]
    private static partial Regex Users();
}
