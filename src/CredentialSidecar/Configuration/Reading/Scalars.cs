using System.Globalization;
using System.Text.Json.Nodes;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Reads single values, independent of the culture.</summary>
internal static class Scalars
{
    public static bool Knows(Type type) =>
        type.IsEnum
            || type == typeof(string)
            || type == typeof(int)
            || type == typeof(double)
            || type == typeof(bool)
            || type == typeof(TimeSpan);

    public static bool TryRead(string text, Type type, out JsonNode? node)
    {
        node = type switch
        {
            _ when type == typeof(string) => JsonValue.Create(text),
            _ when type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ when type == typeof(double)
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
                && double.IsFinite(real) => JsonValue.Create(real),
            _ when type == typeof(bool) && bool.TryParse(text, out var flag) => JsonValue.Create(flag),
            _ when type == typeof(TimeSpan) && Durations.TryParse(text, out var time) => JsonValue.Create(Durations.Format(time)),

            // Enum.TryParse accepts any number; accept only names.
            _ when type.IsEnum => Enum.GetNames(type).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)),
            _ => null,
        };
        return node is not null;
    }

    public static string Expected(Type type) => type switch
    {
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type)),
        _ when type == typeof(int) => "a whole number below 2147483648",
        _ when type == typeof(double) => "a number such as 0.5",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => Durations.Expected,
        _ => "text",
    };
}
