using System.Collections;
using System.Collections.Frozen;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration;

/// <summary>The environment at start. Only this class reads it, so tests can replace it.</summary>
internal sealed class ProcessEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
{
    private readonly FrozenDictionary<string, string> _variables = variables.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The variable's value; null if it is not set or empty, since compose writes empty for unset.</summary>
    public string? this[string name] => _variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The machine's name as the container sees it; null in an environment that a test made.</summary>
    public string? Hostname { get; init; }

    public IEnumerable<KeyValuePair<string, string>> All => _variables;

    /// <summary>Removes variables that may hold a secret from the environment that child processes inherit.</summary>
    /// <remarks>The SDK's default chain may run a program that a profile names (<c>credential_process</c>).</remarks>
    public static void Forget(IEnumerable<string> names)
    {
        foreach (var name in names.Where(ShortNames.MayHoldSecret))
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    /// <summary>What a program that the sidecar starts may see: everything except the sidecar's settings, secrets and supervisor.</summary>
    /// <returns>Each as <c>NAME=value</c>.</returns>
    public IEnumerable<string> ForPrograms() =>
        from variable in _variables
        where !variable.Key.StartsWith(ShortNames.Prefix, StringComparison.OrdinalIgnoreCase)
            && !variable.Key.StartsWith(FixedNames.SupervisorVariables, StringComparison.Ordinal)
            && !ShortNames.MayHoldSecret(variable.Key)
        orderby variable.Key
        select $"{variable.Key}={variable.Value}";

    /// <summary>
    /// The supervisor's control descriptor and the sockets that it kept. Other programs must not inherit these variables.
    /// </summary>
    public static (string? Control, string? Listeners) TakeSupervision() =>
        (Take("CREDENTIAL_SUPERVISOR_FD"), Take("CREDENTIAL_SUPERVISOR_LISTENERS"));

    /// <summary>Whether a developer wants to attach a debugger. A Release build has no code that reads the variable.</summary>
    public static bool LetsDebuggerIn() =>
#if DEBUG
        Environment.GetEnvironmentVariable("CREDENTIAL_SIDECAR_UNSEALED") is "1";
#else
        false;
#endif

    public static ProcessEnvironment Capture() => new(
        from DictionaryEntry variable in Environment.GetEnvironmentVariables()
        select KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "")) { Hostname = Environment.MachineName };

    private static string? Take(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
