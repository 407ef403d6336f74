using System.Globalization;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>The short variables, with which one variable configures one destination.</summary>
internal static class ShortNames
{
    public const string Prefix = "SIDECAR_";
    public const string ConfigFile = "SIDECAR_CONFIG_FILE";
    public const string Config = "SIDECAR_CONFIG";
    public const string RoleArn = "SIDECAR_ROLE_ARN";
    public const string DefaultDestination = "default";

    private const string DefaultHops = $"Destinations:{DefaultDestination}:Hops";
    private const string ExternalId = "SIDECAR_EXTERNAL_ID";
    private const string SessionName = "SIDECAR_SESSION_NAME";

    private static readonly string[] Secrets = ["TOKEN", "EXTERNAL_ID", "ExternalId"];

    private static readonly Dictionary<string, string> Plain = new(StringComparer.Ordinal)
    {
        ["SIDECAR_TOKEN"] = "Access:Token",
        ["SIDECAR_TOKEN_FILE"] = "Access:TokenFile",
        ["SIDECAR_PORT"] = "Listen:Port",
        ["SIDECAR_HEALTH_PORT"] = "Health:Port",
        ["SIDECAR_HEALTH_ADDRESS"] = "Health:Address",
        ["SIDECAR_DRAIN"] = "Drain",
        ["SIDECAR_SHARED_DIR"] = "SharedDirectory",
        ["SIDECAR_SOURCE_ENDPOINT"] = "Source:Endpoint",
    };

    /// <summary>
    /// Whether a variable may hold a token, an external id or a collector's key: it does by its name, or it is a whole document.
    /// </summary>
    public static bool MayHoldSecret(string variable) => variable == Config
        || (variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && Array.Exists(Secrets, end => variable.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
        || (variable.StartsWith("OTEL_", StringComparison.Ordinal) && variable.EndsWith("HEADERS", StringComparison.Ordinal));

    public static IEnumerable<string> All => Plain.Keys.Concat([ConfigFile, Config, RoleArn, ExternalId, SessionName]);

    /// <summary>The variable in its long form; the hop that <c>SIDECAR_ROLE_ARN</c> would give keeps that name.</summary>
    public static string VariableOf(string path) => path.Equals($"{DefaultHops}:0:RoleArn", StringComparison.OrdinalIgnoreCase)
        ? RoleArn
        : Prefix + path.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>Short names that a path written as a variable was probably meant to be.</summary>
    public static IReadOnlyList<string> NearTo(string path) =>
        [.. Nearest.To(path, All.Select(name => name[Prefix.Length..])).Select(name => Prefix + name)];

    /// <summary>The path of the setting that a <c>SIDECAR_</c> variable sets.</summary>
    public static string PathOf(string variable) => Plain.GetValueOrDefault(variable)
        ?? variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);

    /// <summary>The shortest variable for a path.</summary>
    public static string ShortestOf(string path) =>
        Plain.FirstOrDefault(name => name.Value.Equals(path, StringComparison.OrdinalIgnoreCase)).Key ?? VariableOf(path);

    /// <summary>A setting's key as it was written, or the variable to write where it was not.</summary>
    /// <param name="nameOf">See <see cref="SidecarSettings.NameOf"/>.</param>
    public static string Of(string path, Func<string, string> nameOf) => nameOf(path) is var name && name == path ? ShortestOf(path) : name;

    /// <summary>The variables that are ours. One that is empty counts as not set, since compose writes empty for unset.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Ours(ProcessEnvironment environment) =>
        from variable in environment.All.OrderBy(v => v.Key, StringComparer.Ordinal)
        where variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && variable.Value.Length > 0
        where variable.Key is not (ConfigFile or Config) && !ServiceLinks.Matches(variable.Key, variable.Value)
        select variable;

    /// <summary>Turns a variable into configuration keys, each with the name to show for it.</summary>
    /// <param name="hops">The entries of <c>SIDECAR_ROLE_ARN</c>.</param>
    public static IEnumerable<(string Name, string Path, string Value)> Expand(string variable, string value, string[] hops)
    {
        // Both are for the last hop: the one whose trust policy another team wrote.
        var last = string.Create(CultureInfo.InvariantCulture, $"{DefaultHops}:{Math.Max(hops.Length - 1, 0)}");

        return variable switch
        {
            RoleArn =>
                hops.Select((hop, i) => (hops.Length == 1 ? RoleArn : $"{RoleArn} (hop {i + 1})", $"{DefaultHops}:{i}:RoleArn", hop)),
            ExternalId => [(variable, $"{last}:ExternalId", value)],
            SessionName => [(variable, $"{last}:SessionName", value)],
            _ when Plain.TryGetValue(variable, out var path) => [(variable, path, value)],
            _ => [(variable, variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal), value)],
        };
    }
}
