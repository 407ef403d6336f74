using System.Text.Json.Nodes;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>Policies by their meaning: IAM reads one value and a list of one as the same, and no list has an order.</summary>
internal static class Policy
{
    /// <param name="actual">The policy, or its text.</param>
    public static void Same(JsonNode? expected, JsonNode? actual)
    {
        var document = actual is JsonValue text ? JsonNode.Parse(text.GetValue<string>()) : actual;
        Assert.True(JsonNode.DeepEquals(Normal(expected), Normal(document)), $"expected:\n{expected}\nactual:\n{document}");
    }

    private static JsonNode? Normal(JsonNode? node) => node switch
    {
        JsonObject json => new JsonObject(json.Select(pair => KeyValuePair.Create(pair.Key, Normal(pair.Value)))),
        JsonArray { Count: 1 } list => Normal(list[0]),
        JsonArray list => new JsonArray([.. list.Select(Normal).OrderBy(item => Text(item), StringComparer.Ordinal)]),
        _ => node?.DeepClone(),
    };

    // The same text for objects whose keys have another order.
    private static string Text(JsonNode? node) => node switch
    {
        JsonObject json => string.Join(',', json.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}:{{{Text(pair.Value)}}}")),
        JsonArray list => string.Join(',', list.Select(Text)),
        _ => node?.ToJsonString() ?? "",
    };
}
