namespace CredentialSidecar.Configuration;

/// <summary>The short environment form: one variable is enough for one destination.</summary>
internal static class ShortNames
{
    public const string Prefix = "SIDECAR_";
    public const string ConfigFile = "SIDECAR_CONFIG_FILE";
    public const string Config = "SIDECAR_CONFIG";
    public const string RoleArn = "SIDECAR_ROLE_ARN";
    public const string DefaultDestination = "default";

    private const string DefaultHops = $"Destinations:{DefaultDestination}:Hops";

    private static readonly Dictionary<string, string> Plain = new(StringComparer.Ordinal)
    {
        ["SIDECAR_TOKEN"] = "Access:Token",
        ["SIDECAR_TOKEN_FILE"] = "Access:TokenFile",
        ["SIDECAR_PORT"] = "Listen:Port",
        ["SIDECAR_HEALTH_PORT"] = "Health:Port",
        ["SIDECAR_HEALTH_ADDRESS"] = "Health:Address",
        ["SIDECAR_DRAIN"] = "Drain",
        ["SIDECAR_SOURCE_ENDPOINT"] = "Source:Endpoint",
    };

    /// <summary>Turns the variables that are ours into configuration keys, each with the variable it came from.</summary>
    public static IEnumerable<(string Variable, string Path, string Value)> Expand(ProcessEnvironment environment)
    {
        var hops = environment[RoleArn]?.Split(',', StringSplitOptions.TrimEntries) ?? [];

        foreach (var (name, value) in environment.All.Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)))
        {
            if (name is ConfigFile or Config)
            {
                continue;
            }

            if (name is RoleArn)
            {
                for (var i = 0; i < hops.Length; i++)
                {
                    yield return (name, $"{DefaultHops}:{i}:RoleArn", hops[i]);
                }

                continue;
            }

            // Both are for the last hop: the one whose trust policy another team wrote.
            var last = $"{DefaultHops}:{Math.Max(hops.Length - 1, 0)}";
            yield return name switch
            {
                "SIDECAR_EXTERNAL_ID" => (name, $"{last}:ExternalId", value),
                "SIDECAR_SESSION_NAME" => (name, $"{last}:SessionName", value),
                _ when Plain.TryGetValue(name, out var path) => (name, path, value),
                _ => (name, name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), value),
            };
        }
    }
}
