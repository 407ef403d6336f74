namespace CredentialSidecar.Launcher.Plan;

/// <summary>Variables that would win over AWS_CONTAINER_CREDENTIALS_FULL_URI in at least one SDK.</summary>
internal static class Rivals
{
    /// <summary>One sentence for each variable that a person set and did not allow, and for each name that cannot be allowed.</summary>
    /// <remarks>A sentence never holds a variable's value.</remarks>
    public static List<Mistake> Refusals(Variables environment, List<string> allowed)
    {
        var refusals = new List<Mistake>();

        foreach (var (name, effect) in CompetingVariables.OfPeople)
        {
            if (CompetingVariables.Competes(name, environment[name], other => environment[other]) && !allowed.Contains(name))
            {
                var text = $"{name} is set, and {effect}; unset it, or pass --allow {name} if that is meant.";
                refusals.Add(new Mistake(ExitCodes.Configuration, text));
            }
        }

        foreach (var name in allowed)
        {
            if (!IsKnown(name))
            {
                refusals.Add(new Mistake(
                    ExitCodes.Usage,
                    $"--allow {Shown(name)} has no effect: the launcher neither removes nor refuses a variable of that name; " +
                    "see credential-launch --help."));
            }
        }

        return refusals;
    }

    /// <summary>Removes the variables that take precedence by being present.</summary>
    /// <remarks>Removes an empty AWS_PROFILE too: with one, the CLI looks for a profile without a name, and fails.</remarks>
    /// <returns>The names of those that were there and not empty.</returns>
    public static List<string> Remove(Variables environment, List<string> allowed)
    {
        var removed = new List<string>();

        // Judged as they were: without the token file, AWS_ROLE_ARN would seem to be the application's own.
        var before = environment.Copy();

        foreach (var (name, _) in CompetingVariables.OfPlatforms)
        {
            // The token file has no effect without the role.
            var isAllowed = allowed.Contains(name)
                || (name == CompetingVariables.RoleArn && allowed.Contains(CompetingVariables.WebIdentityTokenFile));

            if (CompetingVariables.Competes(name, before[name], other => before[other]) && !isAllowed)
            {
                environment.Remove(name);

                if (before[name]!.Length > 0)
                {
                    removed.Add(name);
                }
            }
        }

        foreach (var (name, _) in CompetingVariables.OfPeople)
        {
            if (environment[name] is { Length: 0 })
            {
                environment.Remove(name);
            }
        }

        return removed;
    }

    /// <summary>The message about the removed variables; null where none was removed.</summary>
    public static string? Told(List<string> removed) => removed switch
    {
        [] => null,
        [var only] => $"Removed {only} from the program's environment, because SDKs take it before they ask the sidecar; " +
            $"--allow {only} keeps it.",
        _ => $"Removed {string.Join(", ", removed.GetRange(0, removed.Count - 1))} and {removed[^1]} " +
            "from the program's environment, because SDKs take them before they ask the sidecar; --allow keeps one by its name.",
    };

    private static bool IsKnown(string name)
    {
        foreach (var known in CompetingVariables.OfPlatforms)
        {
            if (known.Name == name)
            {
                return true;
            }
        }

        return Array.Exists(CompetingVariables.OfPeople, known => known.Name == name);
    }

    // Text with other characters is not a variable's name and may be a misplaced secret.
    private static string Shown(string name) =>
        name.Length <= 64 && Array.TrueForAll(name.ToCharArray(), c => char.IsAsciiLetterOrDigit(c) || c == '_') ? name : "NAME";
}
