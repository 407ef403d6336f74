using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Hosting;

/// <summary>Which keys differ between two configurations. Their values are not shown.</summary>
internal static class ChangedKeys
{
    // The keys that a reload applies; all others need a restart.
    private static readonly string[] Reloadable =
    [
        "Destinations", "Region", "Refresh", "Logging:Level", "Access:Clients", "Access:Token", "Access:TokenFile", "Access:TokenGrace",
        "Access:AllowShortTokens",
    ];

    /// <summary>Whether a key that a reload applies differs.</summary>
    public static bool CanReload(SidecarOptions former, SidecarOptions next) => Between(former, next).Any(IsReloadable);

    /// <summary>The changed keys that need a restart, in order.</summary>
    public static string[] NeedRestart(SidecarOptions former, SidecarOptions next) =>
        [.. Between(former, next).Where(key => !IsReloadable(key)).Order(StringComparer.Ordinal)];

    /// <summary>The keys that differ and that a running sidecar takes up, but for destinations, clients and tokens.</summary>
    public static string[] Settings(SidecarOptions former, SidecarOptions next) => [.. Between(former, next).Where(key =>
        IsReloadable(key)
        && !key.StartsWith("Destinations", StringComparison.Ordinal)
        && !key.StartsWith("Access:Clients", StringComparison.Ordinal)
        && key is not ("Access:Token" or "Access:TokenFile"))];

    private static bool IsReloadable(string key) =>
        Array.Exists(Reloadable, part => key == part || key.StartsWith($"{part}:", StringComparison.Ordinal));

    private static IEnumerable<string> Between(SidecarOptions former, SidecarOptions next) => Between("", NodeOf(former), NodeOf(next));

    private static JsonNode? NodeOf(SidecarOptions options) => JsonSerializer.SerializeToNode(options, OptionsJson.Default.SidecarOptions);

    private static IEnumerable<string> Between(string path, JsonNode? former, JsonNode? next) => (former, next) switch
    {
        (JsonObject a, JsonObject b) => a.Select(member => member.Key).Union(b.Select(member => member.Key))
            .SelectMany(key => Between(path.Length == 0 ? key : $"{path}:{key}", a[key], b[key])),
        _ => JsonNode.DeepEquals(former, next) ? [] : [path],
    };
}
