using System.Text.Json;
using CredentialSidecar.Emulator.Worlds;

namespace CredentialSidecar.Emulator.Sessions;

/// <summary>A policy that narrows one session. Conditions and negated elements are not evaluated.</summary>
internal sealed class SessionPolicy
{
    private readonly IReadOnlyList<(bool Allow, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources)> _statements;

    /// <exception cref="FormatException">The text is not a policy document.</exception>
    public SessionPolicy(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var statement = document.RootElement.GetProperty("Statement");
            var all = statement.ValueKind == JsonValueKind.Array ? [.. statement.EnumerateArray()] : new[] { statement };
            _statements = [.. all.Select(one => (IsAllow(one), Texts(one, "Action"), Texts(one, "Resource")))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("This policy contains invalid Json", e);
        }

        PackedLength = json.Count(character => !char.IsWhiteSpace(character));
    }

    /// <summary>Characters that count against the limit of the packed size.</summary>
    public int PackedLength { get; }

    public bool Allows(string action, string resource)
    {
        var matching = _statements
            .Where(statement => statement.Actions.Any(pattern => Wildcard.MatchesAction(pattern, action)))
            .Where(statement => statement.Resources.Any(pattern => Wildcard.MatchesResource(pattern, resource)))
            .ToList();
        return matching.Count > 0 && matching.TrueForAll(statement => statement.Allow);
    }

    private static bool IsAllow(JsonElement statement) => statement.GetProperty("Effect").GetString() switch
    {
        "Allow" => true,
        "Deny" => false,
        _ => throw new InvalidOperationException("Effect is Allow or Deny"),
    };

    private static string[] Texts(JsonElement statement, string name) =>
        !statement.TryGetProperty(name, out var element) ? []
        : element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(one => one.GetString() ?? "")]
        : [element.GetString() ?? ""];
}
