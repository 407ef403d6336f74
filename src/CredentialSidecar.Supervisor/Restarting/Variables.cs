namespace CredentialSidecar.Supervisor.Restarting;

/// <summary>What the program is told: the socket to hand listeners over by, and after a restart those that it handed over before.</summary>
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
