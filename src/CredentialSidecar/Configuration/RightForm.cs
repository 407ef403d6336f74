using System.Text.Json.Serialization.Metadata;

namespace CredentialSidecar.Configuration;

/// <summary>What to write where a list, an object or a single value stands in the place of another one.</summary>
internal static class RightForm
{
    /// <summary>Such as <c>a list: [ { "RoleArn": … } ]</c>.</summary>
    public static string Of(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => $"a list: {Example(type)}",
        JsonTypeInfoKind.Dictionary => $"an object: {Example(type)}",
        _ => $"an object{(type.Properties.Count == 0 ? "" : $" of {string.Join(", ", type.Properties.Select(p => p.Name))}")}",
    };

    /// <summary>A tag in a list that is written as the whole of Tags may be.</summary>
    /// <returns>Null where the key belongs to another setting, or to a tag that has one of its own keys.</returns>
    public static string? OfTag(JsonTypeInfo type, IEnumerable<string> keys, string unknown, bool asVariable)
    {
        if (type.Type != typeof(TagOptions) || keys.Any(name => type.Properties.Any(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
        {
            return null;
        }

        var key = unknown[(unknown.LastIndexOf(':') + 1)..];
        var tags = unknown[..(unknown.LastIndexOf(":Tags:", StringComparison.OrdinalIgnoreCase) + ":Tags".Length)];
        return asVariable
            ? $"is not a part of a tag; set {ShortNames.VariableOf($"{tags}:{key}")} instead"
            : $"is not a part of a tag; expected {{ \"Key\": {Shown.Quoted(key)}, \"Value\": … }} here, or an object in place of the list: \"Tags\": {{ {Shown.Quoted(key)}: … }}";
    }

    private static string Example(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => $"[ {Example(InfoOf(type))} ]",
        JsonTypeInfoKind.Dictionary => $"{{ \"NAME\": {Example(InfoOf(type))} }}",
        JsonTypeInfoKind.Object => $"{{ \"{type.Properties[0].Name}\": … }}",
        _ => "…",
    };

    private static JsonTypeInfo InfoOf(JsonTypeInfo type) => type.Options.GetTypeInfo(Nullable.GetUnderlyingType(type.ElementType!) ?? type.ElementType!);
}
