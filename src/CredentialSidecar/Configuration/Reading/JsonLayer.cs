using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Flattens a JSON document into paths. Comments and trailing commas are fine; a key given twice is not.</summary>
/// <remarks>The framework's reader merges <c>"Reports"</c> with <c>"reports"</c> and quotes the document in its messages.</remarks>
internal sealed class JsonLayer(string name, Findings findings)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _spellings = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _empty = new(StringComparer.OrdinalIgnoreCase);

    /// <returns>Null if it cannot be read; the findings say why.</returns>
    public ConfigurationLayer? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json.TrimStart('\uFEFF')), Lenient);

            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                AddObject("", document.RootElement);
                return new ConfigurationLayer(name, _values) { Spellings = _spellings, Empty = _empty, Lists = _lists };
            }

            findings.UnreadSource(name,
                $"holds {Article(document.RootElement.ValueKind)}; expected an object: {{ \"Destinations\": … }}");
        }
        catch (JsonException e)
        {
            var hint = name == ShortNames.Config && json.TrimStart() is ['/' or '.', ..]
                ? $"; the path of a file belongs in {ShortNames.ConfigFile}"
                : "";
            findings.UnreadSource(name, $"{JsonFault.Describe(e)}{hint}");
        }
        catch (InvalidOperationException)
        {
            findings.UnreadSource(name, "is invalid JSON: a \\u escape in it is not a character");
        }

        return null;
    }

    private void Add(string path, JsonElement element)
    {
        if (!_seen.Add(path))
        {
            findings.Wrong($"{path} in {name}", "is given twice (case is ignored); keep one of them");
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object when HopForms.IsPolicy(path):
                _values[path] = HopForms.Minified(element);
                break;
            case JsonValueKind.Object when HopForms.IsTags(path):
                AddTags(path, element);
                break;
            case JsonValueKind.Object:
                AddObject(path, element);
                break;
            case JsonValueKind.Array:
                AddList(path, element);
                break;
            default:
                _values[path] = element.ValueKind switch
                {
                    JsonValueKind.Null => null,
                    JsonValueKind.String => element.GetString(),
                    _ => element.GetRawText(),
                };
                break;
        }
    }

    private void AddObject(string path, JsonElement parent)
    {
        MarkIfEmpty(path, parent.EnumerateObject().Any());

        foreach (var property in parent.EnumerateObject())
        {
            if (property.Name.Length == 0)
            {
                findings.Wrong($"{path}: in {name}", "is an empty key; give it a name or remove it");
            }

            // "$schema" is for the editor.
            else if (path.Length > 0 || property.Name != "$schema")
            {
                Add(path.Length > 0 ? $"{path}:{property.Name}" : property.Name, property.Value);
            }
        }
    }

    // As a list: a tag's key may hold a colon, which separates the parts of a path.
    private void AddTags(string path, JsonElement tags)
    {
        MarkIfEmpty(path, tags.EnumerateObject().Any());

        foreach (var (index, tag) in tags.EnumerateObject().Index())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}:{index}");
            _values[$"{at}:Key"] = tag.Name;
            _spellings[at] = _spellings[$"{at}:Key"] = _spellings[$"{at}:Value"] = $"{path}:{tag.Name}";
            Add($"{at}:Value", tag.Value);
        }
    }

    private void AddList(string path, JsonElement list)
    {
        _lists.Add(path);
        MarkIfEmpty(path, list.GetArrayLength() > 0);

        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            Add($"{path}:{index.ToString(CultureInfo.InvariantCulture)}", item);
        }
    }

    private void MarkIfEmpty(string path, bool filled)
    {
        if (!filled && path.Length > 0)
        {
            _values[path] = null;
            _empty.Add(path);
        }
    }

    private static string Article(JsonValueKind kind) => kind == JsonValueKind.Array ? "a list" : "a single value";
}
