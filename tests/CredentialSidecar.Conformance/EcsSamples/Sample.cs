using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Compatibility;

namespace CredentialSidecar.Conformance.EcsSamples;

/// <summary>A task definition of samples/ecs, and the policies beside it.</summary>
internal sealed class Sample
{
    private static readonly string Root = Repository.File("samples", "ecs");

    private Sample(string name) => (File, Task) = (Path.Combine(Root, $"{name}.json"), Read(Path.Combine(Root, $"{name}.json")));

    public static TheoryData<string> All { get; } = [.. Directory.EnumerateFiles(Root, "task-definition*.json", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file)[..^".json".Length]).Order(StringComparer.Ordinal)];

    public static TheoryData<string> WithLauncher { get; } =
        [.. All.Select(row => row.Data).Where(name => !name.Contains("interception", StringComparison.Ordinal))];

    public string File { get; }

    public JsonNode Task { get; }

    public IEnumerable<JsonNode> Containers => Task["containerDefinitions"]!.AsArray().Select(container => container!);

    public JsonNode Sidecar => this["credential-sidecar"];

    /// <summary>The sidecar's configuration, as the variable holds it.</summary>
    public JsonNode Configuration => JsonNode.Parse(Variables(Sidecar).Single(variable => variable.Name == "SIDECAR_CONFIG").Value!)!;

    /// <summary>The port that the sidecar listens on.</summary>
    public string Port => Variables(Sidecar).FirstOrDefault(variable => variable.Name == "SIDECAR_PORT").Value ?? "9170";

    /// <summary>Whether the application reaches the sidecar by its socket.</summary>
    public bool Forwards => this["orders"].Words("entryPoint").Contains("--forward");

    /// <summary>The container of that name.</summary>
    public JsonNode this[string name] => Containers.Single(container => container.Text("name") == name);

    public static Sample Of(string name) => new(name);

    public static IEnumerable<(string Name, string? Value)> Variables(JsonNode container) =>
        from variable in container["environment"]?.AsArray() ?? [] select (variable.Text("name"), (string?)variable.Text("value"));

    /// <summary>A policy that stands beside the task definition.</summary>
    public JsonNode Policy(string name) => Read(Path.Combine(Path.GetDirectoryName(File)!, $"{name}.json"));

    private static JsonNode Read(string file) => JsonNode.Parse(System.IO.File.ReadAllText(file))!;
}

internal static class JsonReading
{
    public static string Text(this JsonNode node, string key) => node[key]!.GetValue<string>();

    public static string[] Words(this JsonNode node, string key) =>
        [.. node[key]?.AsArray().Select(word => word!.GetValue<string>()) ?? []];
}
