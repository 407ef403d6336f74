using CredentialSidecar.Launcher.Metadata;
using CredentialSidecar.Launcher.Tokens;

namespace CredentialSidecar.Launcher.Plan;

/// <summary>The environment that the program gets.</summary>
internal static class EnvironmentPlan
{
    public const string FullUri = FixedNames.FullUriVariable;
    public const string Token = FixedNames.TokenVariable;
    public const string TokenFile = FixedNames.TokenFileVariable;
    public const string LaunchToken = "CREDENTIAL_LAUNCH_TOKEN";

    public const string MetadataDisabled = "AWS_EC2_METADATA_DISABLED";

    /// <summary>Whether the launcher keeps the program from instance metadata.</summary>
    /// <remarks>A value that is there already stays; an empty one counts as none.</remarks>
    public static bool DisablesMetadata(Variables environment, bool allowImds) =>
        !allowImds && string.IsNullOrEmpty(environment[MetadataDisabled]);

    /// <param name="region">Set where it is not null.</param>
    /// <param name="allowed">Variables that stay although they win over the sidecar.</param>
    public static Variables Make(
        Variables environment,
        string fullUri,
        AuthorizationToken? token,
        bool allowImds = false,
        string? region = null,
        List<string>? allowed = null)
    {
        var planned = environment.Copy();
        Rivals.Remove(planned, allowed ?? []);
        planned.Set(FullUri, fullUri);

        // Both or neither, and equal: some SDKs read only one of them, and those that read both differ in which wins (contract R12).
        SetOrRemove(planned, Token, token?.Value);
        SetOrRemove(planned, TokenFile, token?.File);

        // The same secret, under a name that nothing but the launcher reads.
        planned.Remove(LaunchToken);
        NoProxy.Add(planned);

        // A client that does not know FULL_URI would go on to the EC2 instance's role, without a word.
        if (DisablesMetadata(environment, allowImds))
        {
            planned.Set(MetadataDisabled, "true");
        }

        foreach (var name in region is null ? [] : Region.Names)
        {
            planned.Set(name, region!);
        }

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
