namespace CredentialSidecar.Supervisor.Restarting;

/// <summary>What the program is told: the socket to hand listeners over by, and after a restart those that it handed over before.</summary>
internal static class Variables
{
    public const string Control = "CREDENTIAL_SUPERVISOR_FD";
    public const string Listeners = "CREDENTIAL_SUPERVISOR_LISTENERS";

    private const string Prefix = "CREDENTIAL_SUPERVISOR_";

    /// <param name="found">Name=value, as the supervisor was given them; what claims to come from a supervisor is left out.</param>
    public static List<string> With(IEnumerable<string> found, int control, IReadOnlyList<int> listeners)
    {
        var variables = new List<string>();

        foreach (var variable in found)
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal))
            {
                variables.Add(variable);
            }
        }

        variables.Add($"{Control}={control}");

        if (listeners.Count > 0)
        {
            variables.Add($"{Listeners}={string.Join(',', listeners)}");
        }

        return variables;
    }
}
