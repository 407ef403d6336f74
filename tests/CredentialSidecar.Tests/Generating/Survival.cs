using System.Text.Json.Nodes;

namespace CredentialSidecar.Tests.Generating;

/// <summary>Compares a task definition with the one generated from it.</summary>
internal static class Survival
{
    // What the sidecar replaces, and what ECS does not accept.
    private static readonly string[] Replaced =
    [
        "entryPoint", "command", "networkMode", "hostPort",
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities",
        "registeredAt", "registeredBy",
    ];

    /// <returns>The path of each field that is missing, or that has another value.</returns>
    public static IEnumerable<string> Lost(JsonNode given, JsonNode generated, string path = "") => (given, generated) switch
    {
        (JsonObject from, JsonObject to) => from.Where(field => !Replaced.Contains(field.Key)).SelectMany(field =>
            to.TryGetPropertyValue(field.Key, out var value) ? Inner(field.Value, value, $"{path}.{field.Key}") : [$"{path}.{field.Key}"]),
        (JsonArray from, JsonArray to) => from.Index().SelectMany(item =>
            Inner(item.Item, Same(item.Item, to, item.Index), $"{path}[{item.Index}]")),
        _ => JsonNode.DeepEquals(given, generated) ? [] : [path],
    };

    /// <summary>Every object below, and the node itself.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(field => Objects(field.Value)).Prepend(json),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };

    private static IEnumerable<string> Inner(JsonNode? given, JsonNode? generated, string path) =>
        given is null || generated is null ? (given is null && generated is null ? [] : [path]) : Lost(given, generated, path);

    // Containers and volumes keep their names, and their places change.
    private static JsonNode? Same(JsonNode? item, JsonArray all, int index) =>
        item is JsonObject named && named["name"] is { } name
            ? all.FirstOrDefault(one => JsonNode.DeepEquals(one?["name"], name))
            : index < all.Count ? all[index] : null;
}
