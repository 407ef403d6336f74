using CredentialSidecar.Launcher.Plan;

namespace CredentialSidecar.Launcher.Arguments;

/// <summary>A setting and the flag or variable that set it.</summary>
/// <remarks>An empty value counts as unset, because compose writes an empty value for an unset variable.</remarks>
internal sealed class Given(string origin, string value)
{
    /// <summary>The name to change.</summary>
    public string Origin => origin;

    public string Value => value;

    /// <summary>The flag wins over the variable.</summary>
    public static Given? Find(Flag flag, CommandLine line, Variables environment)
    {
        if (line.ValuesOf(flag) is [.., { Length: > 0 } value])
        {
            return new Given(flag.Name, value);
        }

        return flag.Variable is { } name && environment[name] is { Length: > 0 } set ? new Given(name, set) : null;
    }

    public Mistake Wrong(string why) => new(Origin.StartsWith('-') ? ExitCodes.Usage : ExitCodes.Configuration, $"{Origin} {why}");
}
