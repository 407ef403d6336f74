using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Plan;

/// <summary>The environment that the program gets.</summary>
internal static class EnvironmentPlan
{
    public const string FullUri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    public const string Token = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    public const string TokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    public const string LaunchToken = "CREDENTIAL_LAUNCH_TOKEN";

    public static Variables Make(Variables environment, string fullUri, AuthorizationToken? token)
    {
        var planned = environment.Copy();
        Rivals.Remove(planned);
        planned.Set(FullUri, fullUri);

        // Both or neither, and equal: some SDKs read only one of them, and those that read both differ in which wins (contract R12).
        SetOrRemove(planned, Token, token?.Value);
        SetOrRemove(planned, TokenFile, token?.File);

        // The same secret, under a name that nothing but the launcher reads.
        planned.Remove(LaunchToken);
        NoProxy.Add(planned);
        return planned;
    }

    private static void SetOrRemove(Variables environment, string name, string? value)
    {
        if (value is null)
        {
            environment.Remove(name);
        }
        else
        {
            environment.Set(name, value);
        }
    }
}
