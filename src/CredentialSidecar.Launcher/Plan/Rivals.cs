namespace CredentialSidecar.Launcher.Plan;

/// <summary>Variables that would win over AWS_CONTAINER_CREDENTIALS_FULL_URI in at least one SDK.</summary>
internal static class Rivals
{
    /// <summary>Put there by ECS (the first) or by the IRSA webhook, without anyone having asked for it in this container (contract F1).</summary>
    public static readonly string[] Removed =
        ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];

    /// <summary>Put there by a person, who has to decide. Each with what it does.</summary>
    private static readonly (string Name, string Effect)[] Refused =
    [
        ("AWS_ACCESS_KEY_ID", "every SDK takes it (with AWS_SECRET_ACCESS_KEY) before it asks the sidecar"),
        ("AWS_ACCESS_KEY", "the Java v1, Go and Ruby SDKs take it (with AWS_SECRET_KEY) before they ask the sidecar"),
        ("AMAZON_ACCESS_KEY_ID", "the Ruby SDK takes it (with AMAZON_SECRET_ACCESS_KEY) before it asks the sidecar"),
        ("AWS_PROFILE", "SDKs take what that profile says before they ask the sidecar"),
        ("AWS_DEFAULT_PROFILE", "the CLI and botocore take what that profile says before they ask the sidecar"),
        ("AWS_SHARED_CREDENTIALS_FILE", "SDKs take the credentials in that file before they ask the sidecar"),
        ("AWS_CREDENTIAL_PROFILES_FILE", "the Java v1 SDK takes the credentials in that file before it asks the sidecar"),
    ];

    /// <summary>One sentence for each variable that is set and not allowed. Never its value.</summary>
    public static List<Mistake> Refusals(Variables environment, List<string> allowed)
    {
        var refusals = new List<Mistake>();

        foreach (var (name, effect) in Refused)
        {
            if (environment[name] is { Length: > 0 } value && !allowed.Contains(name) && !HoldsNothing(name, value))
            {
                refusals.Add(new Mistake(ExitCodes.Configuration, $"{name} is set, and {effect}; unset it, or pass --allow {name} if that is meant."));
            }
        }

        return refusals;
    }

    /// <summary>Removes what wins by being there. An empty AWS_PROFILE too: the CLI then looks for a profile without a name, and fails.</summary>
    public static void Remove(Variables environment)
    {
        foreach (var name in Removed)
        {
            environment.Remove(name);
        }

        foreach (var (name, _) in Refused)
        {
            if (environment[name] is { Length: 0 })
            {
                environment.Remove(name);
            }
        }
    }

    private static bool HoldsNothing(string name, string value) => name.EndsWith("_FILE", StringComparison.Ordinal) && value == "/dev/null";
}
