using System.Collections;
using System.Collections.Frozen;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration;

/// <summary>The environment as it was at start. Nothing else in the program reads it, so a test can give its own.</summary>
internal sealed class ProcessEnvironment(IEnumerable<KeyValuePair<string, string>> variables)
{
    private readonly FrozenDictionary<string, string> _variables = variables.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The variable's value; null where it is not set or empty, since compose writes empty for unset.</summary>
    public string? this[string name] => _variables.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The machine's name as the container sees it; null in an environment that a test made.</summary>
    public string? Hostname { get; init; }

    public IEnumerable<KeyValuePair<string, string>> All => _variables;

    /// <summary>Takes what may hold a secret of ours out of what a child process would inherit, after it has been captured.</summary>
    /// <remarks>The SDK's default chain may run a program that a profile names (<c>credential_process</c>).</remarks>
    public static void Forget(IEnumerable<string> names)
    {
        foreach (var name in names.Where(ShortNames.MayHoldSecret))
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    /// <summary>What a supervisor said: a descriptor to talk to it by, and those that it kept. No other program is to hear it.</summary>
    public static (string? Control, string? Listeners) TakeSupervision() => (Take("CREDENTIAL_SUPERVISOR_FD"), Take("CREDENTIAL_SUPERVISOR_LISTENERS"));

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
