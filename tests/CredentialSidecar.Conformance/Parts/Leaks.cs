using System.Text.Json;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Parts;

/// <summary>Looks for secrets in a program's output.</summary>
internal static class Leaks
{
    /// <summary>The lines that hold any eight characters of a secret in a row, as they stand or within JSON.</summary>
    public static IReadOnlyList<string> In(IEnumerable<string> lines, IEnumerable<string> secrets)
    {
        var scan = new SecretScan(secrets);
        return [.. lines.Where(line => Texts(line).Any(scan.Finds))];
    }

    // JSON writes a + of a secret key as \u002B, which would hide it.
    private static IEnumerable<string> Texts(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return [line, .. Strings(json.RootElement)];
        }
        catch (JsonException)
        {
            return [line];
        }
    }

    private static List<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(member => Strings(member.Value).Prepend(member.Name))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(Strings)],
        _ => [],
    };
}
