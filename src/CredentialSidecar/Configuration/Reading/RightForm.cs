using System.Text.Json.Serialization.Metadata;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>What to write instead, if a list, an object or a single value was given in place of another one.</summary>
internal static class RightForm
{
    /// <summary>Such as <c>a list: [ { "RoleArn": … } ]</c>.</summary>
    public static string Of(JsonTypeInfo type) => type.Kind switch
    {
        _ when type.Type == typeof(List<TagOptions>) => "an object: { \"KEY\": \"VALUE\" }",
        JsonTypeInfoKind.Enumerable => $"a list: {Example(type)}",
        JsonTypeInfoKind.Dictionary => $"an object: {Example(type)}",
        _ => $"an object{(type.Properties.Count == 0 ? "" : $" of {string.Join(", ", type.Properties.Select(p => p.Name))}")}",
    };

    /// <summary>The same for variables, of which each gives one value: such as <c>SIDECAR_Destinations__x__Hops__0__RoleArn</c>.</summary>
    public static string OfVariable(string path, JsonTypeInfo type)
    {
        var keys = type.Kind == JsonTypeInfoKind.Object ? $" for each of {string.Join(", ", type.Properties.Select(p => p.Name))}" : "";
        return $"variables{keys} such as {ShortNames.ShortestOf(FirstBelow(path, type))}";
    }

    /// <summary>A tag in a list that is written as the whole of Tags may be.</summary>
    /// <returns>Null where the key belongs to another setting, or to a tag that has one of its own keys.</returns>
    public static string? OfTag(JsonTypeInfo type, IEnumerable<string> keys, string unknown, bool asVariable)
    {
        if (type.Type != typeof(TagOptions)
            || keys.Any(name => type.Properties.Any(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))))
        {
            return null;
        }

        var key = unknown[(unknown.LastIndexOf(':') + 1)..];
        var tags = unknown[..(unknown.LastIndexOf(":Tags:", StringComparison.OrdinalIgnoreCase) + ":Tags".Length)];
        return asVariable
            ? $"is not a part of a tag; set {ShortNames.VariableOf($"{tags}:{key}")} instead"
            : $"is not a part of a tag; expected {{ \"Key\": {Shown.Quoted(key)}, \"Value\": … }} here, "
                + $"or an object in place of the list: \"Tags\": {{ {Shown.Quoted(key)}: … }}";
    }

    private static string FirstBelow(string path, JsonTypeInfo type) => type.Kind switch
    {
        _ when type.Type == typeof(List<TagOptions>) => $"{path}:KEY",
        JsonTypeInfoKind.Enumerable => FirstBelow($"{path}:0", InfoOf(type)),
        JsonTypeInfoKind.Dictionary => FirstBelow($"{path}:NAME", InfoOf(type)),
        JsonTypeInfoKind.Object => FirstBelow($"{path}:{type.Properties[0].Name}", InfoOf(type, type.Properties[0].PropertyType)),
        _ => path,
    };

    private static string Example(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => $"[ {Example(InfoOf(type))} ]",
        JsonTypeInfoKind.Dictionary => $"{{ \"NAME\": {Example(InfoOf(type))} }}",
        JsonTypeInfoKind.Object => $"{{ \"{type.Properties[0].Name}\": … }}",
        _ when type.Type == typeof(string) => "\"…\"",
        _ => "…",
    };

    private static JsonTypeInfo InfoOf(JsonTypeInfo type) => InfoOf(type, type.ElementType!);

    private static JsonTypeInfo InfoOf(JsonTypeInfo parent, Type type) =>
        parent.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
}
