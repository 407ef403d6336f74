using System.Text.Json.Serialization.Metadata;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>All known keys, and suggestions for mistyped ones.</summary>
internal static class KnownKeys
{
    private const string SourceRole = "Source:RoleArn";

    private static readonly string[] Templates = [.. Below(OptionsJson.Default.SidecarOptions, "")];

    /// <summary>Names for a key that is not a setting, in the spelling it was written in.</summary>
    /// <param name="path">The whole path that was written.</param>
    /// <param name="siblings">The settings that the key's parent has, by their own names.</param>
    /// <param name="unknown">The path of the key that is not a setting.</param>
    /// <param name="asVariable">Whether it was written as a variable.</param>
    public static IReadOnlyList<string> Near(string path, string unknown, IEnumerable<string> siblings, bool asVariable)
    {
        var parent = unknown.Contains(':', StringComparison.Ordinal) ? unknown[..unknown.LastIndexOf(':')] + ":" : "";

        // The parameter's name in AWS.
        if (Last(unknown).Equals("RoleSessionName", StringComparison.OrdinalIgnoreCase) && siblings.Contains("SessionName"))
        {
            return [asVariable ? ShortNames.ShortestOf($"{parent}SessionName") : $"{parent}SessionName"];
        }

        var shorts = asVariable ? ShortNames.NearTo(path) : [];

        if (shorts.Count > 0 && Nearest.Between(path, shorts[0][ShortNames.Prefix.Length..]) < Nearest.Partial)
        {
            return shorts;
        }

        // Its neighbours, with what stands below a misspelt section; or a key that has another parent.
        var rest = path[unknown.Length..];
        var mended = siblings.Where(name => IsKnown(parent + name + rest, whole: asVariable && rest.Length == 0)).ToArray();

        // The role of a hop has the same name as that of the source, and is meant far more often.
        var candidates = Templates.Where(template => template != SourceRole || path.Contains("Source", StringComparison.OrdinalIgnoreCase));
        var templates = candidates.Select(template => Filled(template, path)).ToArray();
        var near = Best(unknown[parent.Length..], mended) <= Best(path, templates)
            ? [.. Nearest.To(unknown[parent.Length..], mended).Select(name => parent + name + rest)]
            : Nearest.To(path, templates);

        near = near.Count > 0 || shorts.Count > 0 ? near
            : [.. candidates.Where(template => Nearest.Between(Last(path), Last(template)) <= 1)
                .Select(template => Filled(template, path))
                .Distinct()
                .Take(3)];
        return near.Count == 0 ? shorts : [.. near.Select(key => asVariable ? ShortNames.ShortestOf(key) : key)];
    }

    private static int Best(string written, IEnumerable<string> names) =>
        names.Select(name => Nearest.Between(written, name)).DefaultIfEmpty(Nearest.Never).Min();

    private static string Last(string path) => path.Split(':').LastOrDefault(part => part.Length > 0 && part[0] != '{') ?? "";

    /// <param name="whole">Whether it must be a setting itself; else a section that settings are below will do.</param>
    private static bool IsKnown(string path, bool whole)
    {
        var written = path.Split(':');
        return Templates.Select(template => template.Split(':'))
            .Any(expected => (whole ? written.Length == expected.Length : written.Length <= expected.Length)
                && written.Index().All(part => expected[part.Index].StartsWith('{')
                    || expected[part.Index].Equals(part.Item, StringComparison.OrdinalIgnoreCase)));
    }

    // The names and places that were written stay; a place that was not is the first one.
    private static string Filled(string template, string path)
    {
        var written = path.Split(':');
        var aligned = true;

        return string.Join(':', template.Split(':').Select((part, i) =>
        {
            aligned &= i < written.Length && (part.StartsWith('{') || Nearest.Between(part, written[i]) <= 1);
            return !part.StartsWith('{') ? part
                : aligned && (part != "{n}" || written[i].All(char.IsAsciiDigit)) ? written[i]
                : part == "{n}" ? "0"
                : part;
        }));
    }

    private static IEnumerable<string> Below(JsonTypeInfo type, string path) => type.Kind switch
    {
        JsonTypeInfoKind.Object =>
            type.Properties.SelectMany(property =>
                Below(InfoOf(type, property.PropertyType), path.Length == 0 ? property.Name : $"{path}:{property.Name}")),
        JsonTypeInfoKind.Enumerable => Below(InfoOf(type, type.ElementType!), $"{path}:{{n}}"),
        JsonTypeInfoKind.Dictionary => Below(InfoOf(type, type.ElementType!), $"{path}:{{name}}"),
        _ => [path],
    };

    private static JsonTypeInfo InfoOf(JsonTypeInfo parent, Type type) =>
        parent.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
}
