using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Generating;

/// <summary>Writes JSON as block YAML. Every text that YAML could read as something else is quoted as in JSON.</summary>
internal static partial class Yaml
{
    // YAML 1.1 reads these as booleans or null, and compose and helm still follow it.
    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

    public static string Write(JsonObject root)
    {
        var text = new StringBuilder();
        Write(text, root, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonNode node, int depth)
    {
        foreach (var (start, value) in Lines(node))
        {
            text.Append(' ', depth * 2).Append(start);

            if (value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })
            {
                text.Append('\n');
                Write(text, value, depth + 1);
            }
            else
            {
                text.Append(' ').Append(Scalar(value)).Append('\n');
            }
        }
    }

    private static IEnumerable<(string Start, JsonNode? Value)> Lines(JsonNode node) => node switch
    {
        JsonObject json => json.Select(field => ($"{Scalar(JsonValue.Create(field.Key))}:", field.Value)),
        JsonArray list => list.Select(item => ("-", item)),
        _ => [],
    };

    private static string Scalar(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>() is var word
        && Plain().IsMatch(word) && !Words.Contains(word, StringComparer.OrdinalIgnoreCase)
            ? word
            : value is null ? "null" : JsonInput.Write(value, indented: false);

    [GeneratedRegex("^[A-Za-z_/][A-Za-z0-9_/.-]*$")]
    private static partial Regex Plain();
}
