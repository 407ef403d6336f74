using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Configuration.Reading;

/// <summary>Reads a hop's tags and policy written as objects, besides a list and a text.</summary>
internal static partial class HopForms
{
    // A policy has at most 2048 characters, so avoid escapes that only HTML needs.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsTags(string path) => Tags().IsMatch(path);

    public static bool IsPolicy(string path) => Policy().IsMatch(path);

    /// <summary>Whether a variable gives a destination an empty list of hops.</summary>
    public static bool IsEmptyHops(string path, string value) => value.Trim() == "[]" && Hops().IsMatch(path);

    /// <summary>
    /// The tag that a variable <c>…__Tags__team</c> names, and the path of its list; null where a place in the list is meant.
    /// </summary>
    public static (string List, string Key)? TagOf(string path) =>
        NamedTag().Match(path) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

    /// <summary>Without the blanks between its parts.</summary>
    public static string Minified(JsonElement document)
    {
        using var stream = new MemoryStream();

        using (var writer = new Utf8JsonWriter(stream, Compact))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex("^Destinations:[^:]+:Hops\\z", RegexOptions.IgnoreCase)]
    private static partial Regex Hops();

    [GeneratedRegex("^Destinations:[^:]+:Hops:[0-9]+:Tags\\z", RegexOptions.IgnoreCase)]
    private static partial Regex Tags();

    [GeneratedRegex("^(Destinations:[^:]+:Hops:[0-9]+:Tags):(?![0-9]+(?::|\\z))(.+)\\z", RegexOptions.IgnoreCase)]
    private static partial Regex NamedTag();

    [GeneratedRegex("^Destinations:[^:]+:Hops:[0-9]+:Policy\\z", RegexOptions.IgnoreCase)]
    private static partial Regex Policy();
}
