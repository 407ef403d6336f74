using System.Text.Json.Nodes;

namespace CredentialSidecar.Generating;

/// <summary>Settings that generated files never have: tokens, and what belongs to the place where the command runs.</summary>
internal static class LeftOut
{
    private const string Token = "the sidecar generates a token in the task";

    /// <param name="path">A key, such as <c>Access:Clients:web:Token</c>, in any case.</param>
    /// <returns>Why it is left out; null if it is not.</returns>
    public static string? Why(string path) => path.ToUpperInvariant().Split(':') switch
    {
        ["ACCESS", "TOKEN" or "TOKENFILE"] or ["ACCESS", "CLIENTS", _, "TOKEN" or "TOKENFILE"] => Token,
        ["SOURCE", ..] => "in the task, the source is the task role",
        ["SHAREDDIRECTORY"] => "the image has one path for it",
        _ => null,
    };

    /// <summary>Removes these settings wherever they stand, also if a key holds a whole path.</summary>
    public static void Remove(JsonObject json, List<string> notes, string prefix = "")
    {
        foreach (var (key, value) in json.ToArray())
        {
            var path = $"{prefix}{key}";

            if (Why(path) is { } why)
            {
                json.Remove(key);
                notes.Add($"{path} is left out: {why}.");
            }
            else if (value is JsonObject inner)
            {
                Remove(inner, notes, $"{path}:");

                if (inner.Count == 0 && path.Equals("Access", StringComparison.OrdinalIgnoreCase))
                {
                    json.Remove(key);
                }
            }
        }
    }
}
