namespace CredentialSidecar.Supervisor.Restarting;

/// <summary>The variables for the program: the hand-over socket and, after a restart, the listeners that it handed over before.</summary>
internal static class Variables
{
    /// <param name="found">Name=value, as the supervisor was given them; what claims to come from a supervisor is left out.</param>
    public static List<string> With(IEnumerable<string> found, int control, IReadOnlyList<int> listeners)
    {
        var variables = new List<string>();

        foreach (var variable in found)
        {
            if (!variable.StartsWith(FixedNames.SupervisorVariables, StringComparison.Ordinal))
            {
                variables.Add(variable);
            }
        }

        variables.Add($"{FixedNames.SupervisorVariable}={control}");

        if (listeners.Count > 0)
        {
            variables.Add($"{FixedNames.ListenersVariable}={string.Join(',', listeners)}");
        }

        return variables;
    }
}
