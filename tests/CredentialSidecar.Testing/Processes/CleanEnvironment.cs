using System.Collections;

namespace CredentialSidecar.Testing.Processes;

/// <summary>This machine's variables without any that the programs under test would read.</summary>
internal static class CleanEnvironment
{
    private static readonly string[] Read =
        ["AWS_", "SIDECAR_", "ECS_", "OTEL_", "ASPNETCORE_", "KESTREL__", "DOTNET_URLS", "URLS", "HTTP_PORTS"];

    /// <param name="settings">Set on top; null takes a variable away.</param>
    public static Dictionary<string, string?> With(params IEnumerable<(string Name, string? Value)> settings)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => ((string)entry.Key, (string?)entry.Value))
            .Where(variable => !IsRead(variable.Item1))
            .ToDictionary();

        foreach (var (name, value) in settings)
        {
            _ = value is null ? variables.Remove(name) : (variables[name] = value) is not null;
        }

        return variables;
    }

    private static bool IsRead(string name) =>
        Read.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase);
}
