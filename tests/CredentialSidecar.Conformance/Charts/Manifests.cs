using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Compatibility;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>What helm made of samples/kubernetes when it was last looked at by a person: Charts/Golden.</summary>
internal static class Manifests
{
    public static string Folder { get; } = Repository.File("tests", "CredentialSidecar.Conformance", "Charts", "Golden");

    public static TheoryData<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
    ];

    public static string Golden(string name) => Path.Combine(Folder, $"{name}.yaml");

    /// <summary>The pod's spec of a golden file's Deployment.</summary>
    public static JsonNode Pod(string name) => Documents(File.ReadAllText(Golden(name)))
        .Single(d => d["kind"]!.GetValue<string>() == "Deployment")["spec"]!["template"]!;

    public static IEnumerable<JsonNode> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents.Select(document => ToJson(document.RootNode)!);
    }

    /// <summary>The container or init container of that name.</summary>
    public static JsonNode Container(this JsonNode pod, string name) =>
        pod.Containers().Single(container => container["name"]!.GetValue<string>() == name);

    public static IEnumerable<JsonNode> Containers(this JsonNode pod) =>
        ((string[])["initContainers", "containers"]).SelectMany(list => pod["spec"]![list]!.AsArray()).Select(container => container!);

    /// <summary>A container's variables.</summary>
    /// <param name="resolve">Gives the value of a variable that has a valueFrom.</param>
    public static IEnumerable<(string Name, string? Value)> Variables(this JsonNode container, Func<JsonNode, string?> resolve) =>
        from variable in container["env"]!.AsArray()
        select (variable["name"]!.GetValue<string>(), variable["value"]?.GetValue<string>() ?? resolve(variable["valueFrom"]!));

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child =>
            KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, ToJson(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value.Length: > 0 } scalar when IsJson(scalar.Value!) => JsonNode.Parse(scalar.Value!),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidOperationException($"{node.GetType()} is not of this chart."),
    };

    private static bool IsJson(string plain)
    {
        try
        {
            return JsonNode.Parse(plain) is JsonValue;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
