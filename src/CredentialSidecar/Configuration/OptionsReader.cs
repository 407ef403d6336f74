using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace CredentialSidecar.Configuration;

/// <summary>Reads a configuration tree by the generated shape of its options: every mistake at once, each by its full key.</summary>
/// <remarks>The framework's binder stops at the first unknown key and forgets where a wrong value stood.</remarks>
internal sealed class OptionsReader(ConfigurationLayers layers, Findings findings)
{
    // A value under these is never repeated in a message, and neither is one whose key is not ours.
    private static readonly string[] Secret = ["Token", "ExternalId"];

    public SidecarOptions Read()
    {
        var root = ReadChildren(layers.Root.GetChildren(), "", OptionsJson.Default.SidecarOptions);
        return root.Deserialize(OptionsJson.Default.SidecarOptions) ?? new SidecarOptions();
    }

    private JsonNode? ReadSection(IConfigurationSection section, JsonTypeInfo type)
    {
        if (Scalars.Knows(type.Type))
        {
            return ReadScalar(section, type.Type);
        }

        // {} and [] reach us as an empty value, null as none.
        if (!string.IsNullOrEmpty(section.Value))
        {
            Wrong(section, $"is {Shown(section)}, expected {(type.Kind == JsonTypeInfoKind.Enumerable ? "a list" : "an object")}");
            return null;
        }

        return type.Kind == JsonTypeInfoKind.Enumerable
            ? ReadList(section, type)
            : ReadChildren(section.GetChildren(), section.Path, type);
    }

    private JsonObject ReadChildren(IEnumerable<IConfigurationSection> children, string path, JsonTypeInfo type)
    {
        var result = new JsonObject();

        foreach (var child in children)
        {
            var property = type.Properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            var childType = type.Kind == JsonTypeInfoKind.Dictionary ? type.ElementType : property?.PropertyType;

            if (childType is null)
            {
                var known = string.Join(", ", type.Properties.Select(p => p.Name));
                Wrong(child, $"is not a setting{(path.Length == 0 ? "" : $" of {path}")}; known here: {known}");
            }
            else if (ReadSection(child, InfoOf(type, childType)) is { } value)
            {
                result[property?.Name ?? child.Key] = value;
            }
        }

        return result;
    }

    private JsonArray ReadList(IConfigurationSection section, JsonTypeInfo type)
    {
        var result = new JsonArray();
        var next = 0;

        foreach (var child in section.GetChildren().OrderBy(c => c.Key, ConfigurationKeyComparer.Instance))
        {
            // A gap would silently make another role the second hop.
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index != next++)
            {
                Wrong(child, $"is not a place in a list; the next one here is {section.Path}:{next - 1}");
                return result;
            }

            var mistakes = findings.Mistakes.Count;

            if (ReadSection(child, InfoOf(type, type.ElementType!)) is { } value)
            {
                result.Add(value);
            }
            else if (mistakes == findings.Mistakes.Count)
            {
                Wrong(child, "is null; give a value or leave it out");
            }
        }

        return result;
    }

    private JsonNode? ReadScalar(IConfigurationSection section, Type type)
    {
        if (section.GetChildren().Any())
        {
            Wrong(section, $"is an object or a list, expected {Scalars.Expected(type)}");
            return null;
        }

        if (section.Value is null)
        {
            return null;
        }

        if (Scalars.TryRead(section.Value, type, out var node))
        {
            return node;
        }

        // Kubernetes gives every pod beside a Service called "sidecar" a variable SIDECAR_PORT=tcp://…
        var hint = section.Value.StartsWith("tcp://", StringComparison.Ordinal)
            ? "; Kubernetes sets this for a Service of that name: set enableServiceLinks to false in the pod" : "";
        Wrong(section, $"is {Shown(section)}, expected {Scalars.Expected(type)}{hint}");
        return null;
    }

    private static JsonTypeInfo InfoOf(JsonTypeInfo parent, Type type) => parent.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static string Shown(IConfigurationSection section) =>
        Secret.Contains(section.Key, StringComparer.OrdinalIgnoreCase) ? "not shown here" : $"'{section.Value}'";

    private void Wrong(IConfigurationSection section, string text) => findings.Wrong(layers.NameOf(section.Path), text);
}
