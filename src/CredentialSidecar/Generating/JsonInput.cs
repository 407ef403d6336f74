using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Generating;

/// <summary>Reads JSON that other programs wrote, and writes it with every field that this program does not know.</summary>
internal static class JsonInput
{
    /// <summary>Standard input, as the name of a file.</summary>
    public const string StandardInput = "-";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="InputException">The file cannot be read, or is not JSON.</exception>
    /// <param name="standardInput">Null where the file has to be a file.</param>
    /// <param name="flag">The flag that names the file, for the message.</param>
    public static JsonNode Read(string file, Func<TextReader>? standardInput = null, string? flag = null)
    {
        if (file == StandardInput && standardInput is not null)
        {
            return Parse("standard input", standardInput().ReadToEnd());
        }

        return SmallFile.TryRead(file, ConfigurationLayers.LargestFile, out var bytes, out var problem)
            ? Parse(file, Encoding.UTF8.GetString(bytes))
            : throw new InputException($"{(flag is null ? "" : $"{flag} ")}{file} {problem}.");
    }

    /// <param name="name">The name of the source in messages.</param>
    public static JsonNode Parse(string name, string text)
    {
        try
        {
            return JsonNode.Parse(text.TrimStart('\uFEFF'), documentOptions: Lenient)
                ?? throw new InputException($"{name} contains null; expected a JSON object.");
        }
        catch (JsonException e)
        {
            var line = e.LineNumber is { } number ? $" (line {number + 1})" : "";
            var reason = e.Message.Split(" Path:")[0].Split(" LineNumber:")[0];
            throw new InputException($"{name} is not valid JSON{line}: {Shown.OnOneLine(reason)}");
        }
    }

    public static string Write(JsonNode node, bool indented = true)
    {
        using var stream = new MemoryStream();

        using (var writer = new Utf8JsonWriter(stream, indented ? Indented : Compact))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static string? Text(this JsonNode? node, string name) =>
        node is JsonObject json && json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <returns>The objects in a list; empty if the field is missing.</returns>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, string name) =>
        node is JsonObject json && json[name] is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <returns>Null if the field is missing or empty.</returns>
    /// <exception cref="InputException">The field is something else than a list of text.</exception>
    public static string[]? StrictWords(this JsonObject node, string name) => node[name] is null or JsonArray { Count: 0 } ? null
        : node.Words(name) ?? throw new InputException(
            $"{name} of {Shown.Quoted(node.Text("name"))} is {Shown.Quoted(node[name]!.ToJsonString())}; expected a list of text.");

    /// <returns>Null if the field is missing, empty or not a list of text.</returns>
    public static string[]? Words(this JsonNode? node, string name)
    {
        if (node is not JsonObject json || json[name] is not JsonArray { Count: > 0 } list)
        {
            return null;
        }

        string[] words =
        [
            .. list.Select(item => item is JsonValue value && value.TryGetValue<string>(out var text) ? text : null).OfType<string>(),
        ];
        return words.Length == list.Count ? words : null;
    }

    public static JsonArray ToJson(IEnumerable<string> words) => [.. words.Select(word => (JsonNode)JsonValue.Create(word))];

    /// <summary>Adds an object. The list's own method is generic, which a natively compiled program cannot use for every type.</summary>
    public static void AddObject(this JsonArray list, JsonObject item) => list.Add((JsonNode)item);

    /// <summary>The list in that field, made if it is missing.</summary>
    public static JsonArray List(this JsonObject node, string name)
    {
        if (node[name] is JsonArray known)
        {
            return known;
        }

        if (node[name] is { } other)
        {
            throw new InputException($"{name} of {Shown.Quoted(node.Text("name") ?? node.Text("family"))} is "
                + $"{Shown.Quoted(other.ToJsonString())}; expected a list.");
        }

        var list = new JsonArray();
        node[name] = list;
        return list;
    }
}
