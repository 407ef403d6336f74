using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Hosting;

/// <summary>Which keys differ between two configurations. Their values are not shown.</summary>
internal sealed class ChangedKeys(SidecarOptions former, SidecarOptions next)
{
    // The keys that a reload applies; all others need a restart.
    private static readonly string[] Reloadable =
    [
        "Destinations", "Region", "Refresh", "Logging:Level", "Access:Clients", "Access:Token", "Access:TokenFile", "Access:TokenGrace",
        "Access:AllowShortTokens",
    ];

    private readonly string[] _all = [.. Between("", NodeOf(former), NodeOf(next)).Order(StringComparer.Ordinal)];

    /// <summary>Whether a key that a reload applies differs.</summary>
    public bool CanReload => Array.Exists(_all, IsReloadable);

    /// <summary>The changed keys that need a restart, in order.</summary>
    public IEnumerable<string> NeedRestart => _all.Where(key => !IsReloadable(key));

    /// <summary>The changed keys that a reload applies, without destinations, clients and tokens.</summary>
    public IEnumerable<string> Settings => _all.Where(key => IsReloadable(key)
        && !key.StartsWith("Destinations", StringComparison.Ordinal)
        && !key.StartsWith("Access:Clients", StringComparison.Ordinal)
        && key is not ("Access:Token" or "Access:TokenFile"));

    private static bool IsReloadable(string key) =>
        Array.Exists(Reloadable, part => key == part || key.StartsWith($"{part}:", StringComparison.Ordinal));

    private static JsonNode? NodeOf(SidecarOptions options) => JsonSerializer.SerializeToNode(options, OptionsJson.Default.SidecarOptions);

    private static IEnumerable<string> Between(string path, JsonNode? former, JsonNode? next) => (former, next) switch
    {
        (JsonObject a, JsonObject b) => a.Select(member => member.Key).Union(b.Select(member => member.Key))
            .SelectMany(key => Between(path.Length == 0 ? key : $"{path}:{key}", a[key], b[key])),
        _ => JsonNode.DeepEquals(former, next) ? [] : [path],
    };
}
