namespace CredentialSidecar.Emulator.Sts;

/// <summary>An error as STS answers it.</summary>
internal sealed class StsException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public static StsException Validation(string message) => new(400, "ValidationError", message);

    public static StsException AccessDenied(string callerArn, string action, string roleArn) =>
        new(403, "AccessDenied", $"User: {callerArn} is not authorized to perform: {action} on resource: {roleArn}");
}
