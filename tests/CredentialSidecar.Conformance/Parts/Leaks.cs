using System.Text.Json;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Looks for secrets in a program's output.</summary>
internal static class Leaks
{
    /// <summary>Enough to tell a piece of a secret from chance.</summary>
    private const int Piece = 8;

    /// <summary>The lines that hold any eight characters of a secret in a row, as they stand or within JSON.</summary>
    public static IReadOnlyList<string> In(IEnumerable<string> lines, IEnumerable<string> secrets)
    {
        var pieces = secrets.SelectMany(Pieces).ToHashSet();
        return [.. lines.Where(line => Texts(line).SelectMany(Pieces).Any(pieces.Contains))];
    }

    private static IEnumerable<string> Pieces(string text) =>
        Enumerable.Range(0, Math.Max(0, text.Length - Piece + 1)).Select(i => text.Substring(i, Piece));

    // JSON writes a + of a secret key as \u002B, which would hide it.
    private static IEnumerable<string> Texts(string line)
    {
        if (!line.StartsWith('{'))
        {
            return [line];
        }

        using var json = JsonDocument.Parse(line);
        return [line, .. Strings(json.RootElement)];
    }

    private static List<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(member => Strings(member.Value).Prepend(member.Name))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(Strings)],
        _ => [],
    };
}
