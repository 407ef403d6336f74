using CredentialSidecar.Chains;

namespace CredentialSidecar.Explaining;

/// <summary>Sessions that are too long. The sidecar shortens its own, so its advice does not mention them.</summary>
internal static class Durations
{
    /// <returns>Who can fix it and how; null if the error is another one.</returns>
    public static (string Side, string ToDo)? Of(Evidence evidence) =>
        evidence.Message.Contains("1 hour session limit", StringComparison.Ordinal)
            ? ("the program that called STS",
                "STS limits role chaining to one hour, whatever the role allows. The sidecar requests one hour there by itself. "
                + "In another program, request at most 3600 seconds (DurationSeconds).")
        : evidence.Message.Contains("DurationSeconds exceeds the MaxSessionDuration", StringComparison.Ordinal)
            ? ("the program that called STS, or the role's account",
                "Request a shorter session, or raise the role's limit: aws iam update-role --role-name "
                + $"{(RoleArn.TryParse(evidence.Role, out var role, out _) ? role.Name : "ROLE")} --max-session-duration 43200")
        : null;
}
