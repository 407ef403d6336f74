namespace CredentialSidecar.Emulator.Sts;

/// <summary>An error as STS answers it.</summary>
internal sealed class StsException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static StsException Validation(string message) => new(400, "ValidationError", message);

    /// <summary>A web identity token that is not accepted.</summary>
    public static StsException InvalidToken(string message) => new(400, "InvalidIdentityToken", message);

    /// <param name="policy">The kind of policy that does not allow it; null where STS would not tell.</param>
    public static StsException AccessDenied(string callerArn, string action, string roleArn, string? policy) =>
        new(403, "AccessDenied", $"User: {callerArn} is not authorized to perform: {action} on resource: {roleArn}"
            + (policy is null ? "" : $" because no {policy} allows the {action} action"));
}
