using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands.Getting;

/// <summary>A session as the sidecar served it.</summary>
/// <param name="Body">The JSON of the container credentials contract.</param>
/// <param name="Expiration">UTC, as <c>2026-01-31T12:00:00Z</c>; null if the answer has none.</param>
internal sealed record ServedSession(
    string Body, string AccessKeyId, string SecretAccessKey, string SessionToken, string? Expiration)
{
    private const int LongestMessage = 1024;

    /// <exception cref="NoSessionException">The answer is not a session.</exception>
    public static ServedSession Read(Uri uri, int status, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var json = Parse(text);

        return status == StatusCodes.Status200OK
            ? Of(text, json) ?? throw new NoSessionException(ExitCodes.Unavailable,
                $"{uri} answered 200 without credentials, so it is not a sidecar. Check SIDECAR_PORT.")
            : throw new NoSessionException(
                status is StatusCodes.Status400BadRequest or StatusCodes.Status404NotFound ? ExitCodes.Usage : ExitCodes.Unhealthy,
                $"no session from {uri}: {status} {Said(json, text)}");
    }

    private static ServedSession? Of(string text, JsonObject? json)
    {
        var (id, key, token) = (Member(json, "AccessKeyId"), Member(json, "SecretAccessKey"), Member(json, "Token"));
        return id is null || key is null || token is null ? null : new ServedSession(text, id, key, token, Member(json, "Expiration"));
    }

    private static string Said(JsonObject? json, string text)
    {
        var said = (Member(json, "code"), Member(json, "message")) is ({ } code, { } message) ? $"{code}: {message}" : text.Trim();
        return Shown.OnOneLine(said.Length > LongestMessage ? $"{said[..LongestMessage]}…" : said);
    }

    private static string? Member(JsonObject? json, string name) =>
        json?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The default would print secrets.
    public override string ToString() => $"{nameof(ServedSession)} {AccessKeyId}";
}
