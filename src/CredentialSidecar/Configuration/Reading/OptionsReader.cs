using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Rules;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Reads a configuration tree by the generated shape of its options, and reports all mistakes by their full keys.</summary>
/// <remarks>
/// The framework's binder stops at the first unknown key and does not report the place of a wrong value. An unreadable value
/// becomes an empty object or text, so that list items keep their numbers for later rules.
/// </remarks>
internal sealed class OptionsReader(ConfigurationLayers layers, Findings findings)
{
    // Values of these keys and of unknown keys are never repeated in a message.
    private static readonly string[] Secret = ["Token", "ExternalId"];

    private readonly ConfigurationNode _root = layers.Merge();

    public SidecarOptions Read()
    {
        var root = ReadChildren(_root.Children, "", OptionsJson.Default.SidecarOptions);
        return root.Deserialize(OptionsJson.Default.SidecarOptions) ?? new SidecarOptions();
    }

    private JsonNode? ReadSection(ConfigurationNode section, JsonTypeInfo type)
    {
        if (Scalars.Knows(type.Type))
        {
            return ReadScalar(section, type.Type);
        }

        var isList = type.Kind == JsonTypeInfoKind.Enumerable;

        if (section.Value is not null)
        {
            // Not shown, because it may be a document with a token.
            findings.Unread(section.Path, "is a single value; expected " + (layers.IsVariable(section.Path)
                ? $"{RightForm.OfVariable(section.Path, type)}{Nearest.Question(ShortNames.NearTo(section.Path))}"
                : RightForm.Of(type)));
            return isList ? new JsonArray() : new JsonObject();
        }

        if (!isList && layers.IsList(section.Path))
        {
            // Its places would be taken for names.
            findings.Unread(section.Path, $"is a list; expected {RightForm.Of(type)}");
            return new JsonObject();
        }

        return isList ? ReadList(section, type) : ReadChildren(section.Children, section.Path, type);
    }

    private JsonObject ReadChildren(IReadOnlyCollection<ConfigurationNode> children, string path, JsonTypeInfo type)
    {
        var result = new JsonObject();

        foreach (var child in children)
        {
            var property = type.Properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            var childType = type.Kind == JsonTypeInfoKind.Dictionary ? type.ElementType : property?.PropertyType;

            if (childType is null)
            {
                Refuse(child.Path, path, type, children);
            }
            else if (ReadSection(child, InfoOf(type, childType)) is { } value)
            {
                result[property?.Name ?? child.Key] = value;
            }
        }

        return result;
    }

    private void Refuse(string unknown, string parent, JsonTypeInfo type, IEnumerable<ConfigurationNode> siblings)
    {
        var (written, asVariable) = layers.Written(unknown);

        if (RightForm.OfTag(type, siblings.Select(sibling => sibling.Key), unknown, asVariable) is { } form)
        {
            findings.Wrong(unknown, form);
            findings.Skip([parent]);
            return;
        }

        foreach (var path in written)
        {
            var near = KnownKeys.Near(path, unknown, type.Properties.Select(property => property.Name), asVariable);
            var keys = asVariable && parent.Length == 0
                ? ShortNames.All
                : type.Properties.Select(p => asVariable ? ShortNames.VariableOf($"{parent}:{p.Name}") : p.Name);
            // The name that was meant is not missing besides.
            findings.Skip(near.Where(name => _root.ValueAt(name) is null));
            findings.Wrong(path, near.Count > 0
                ? $"is not a setting{Nearest.Question(near)}"
                : $"is not a setting{(parent.Length == 0 || asVariable ? "" : $" of {parent}")}; "
                    + "expected one of "
                    + $"{string.Join(", ", keys)}{(asVariable && parent.Length == 0 ? ", or a key of docs/configuration.md" : "")}");
        }
    }

    /// <returns>Null where it was written as null, which is as if it were left out.</returns>
    private JsonArray? ReadList(ConfigurationNode section, JsonTypeInfo type)
    {
        var result = new JsonArray();
        var (children, isEmpty) = (section.Children, layers.IsEmpty(section.Path));

        if (children.Count == 0 && !isEmpty)
        {
            return null;
        }

        if (children.Count > 0 && layers.IsVariable(section.Path))
        {
            findings.Unread(section.Path, "is [], but something in the list is set too; keep one of them");
            return result;
        }

        if (children.Count == 0 ? !layers.IsList(section.Path) && !HopForms.IsTags(section.Path)
            : !layers.Written(section.Path).AsVariable && children.All(child => !child.Key.All(char.IsAsciiDigit)))
        {
            findings.Unread(section.Path, $"is an object; expected {RightForm.Of(type)}");
            return result;
        }

        foreach (var child in children)
        {
            var next = result.Count.ToString(CultureInfo.InvariantCulture);

            // A gap would silently make another role the second hop.
            if (child.Key != next)
            {
                findings.Unread(child.Path, child.Key.All(char.IsAsciiDigit)
                    ? $"is not the next item of the list, which is {section.Path}:{next}; number lists from 0 without gaps"
                    : $"is not an item of the list; the next item is {ShortNames.VariableOf($"{section.Path}:{next}")}");
                break;
            }

            var item = ReadSection(child, InfoOf(type, type.ElementType!));

            if (item is null)
            {
                findings.Unread(child.Path, "is null; give a value or remove the key");
            }

            result.Add(item ?? "");
        }

        return result;
    }

    private JsonNode? ReadScalar(ConfigurationNode section, Type type)
    {
        // An empty one too: a policy that is left out would allow more.
        if (section.Children.Count > 0 || layers.IsEmpty(section.Path))
        {
            findings.Unread(section.Path, $"is an object or a list; expected {Ranges.Of(section.Path, type)}");
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

        findings.Unread(section.Path, $"is {Value(section)}; expected {Ranges.Of(section.Path, type)}");
        return null;
    }

    private static JsonTypeInfo InfoOf(JsonTypeInfo parent, Type type) =>
        parent.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static string Value(ConfigurationNode section) =>
        Secret.Contains(section.Key, StringComparer.OrdinalIgnoreCase) ? "not shown here" : Shown.Quoted(section.Value);
}
