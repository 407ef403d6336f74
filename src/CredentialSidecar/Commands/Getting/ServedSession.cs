using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands.Getting;

/// <summary>A session as the sidecar served it.</summary>
/// <param name="Body">The JSON of the container credentials contract.</param>
/// <param name="Expiration">UTC, as <c>2026-01-31T12:00:00Z</c>; null if the answer has none.</param>
internal sealed partial record ServedSession(
    string Body, string AccessKeyId, string SecretAccessKey, string SessionToken, string? Expiration)
{
    /// <exception cref="NoSessionException">The answer is not a session.</exception>
    public static ServedSession Read(Uri uri, int status, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var members = Members(text);

        return status == StatusCodes.Status200OK
            ? Of(text, members) ?? throw new NoSessionException(ExitCodes.Unavailable,
                $"{uri} answered 200 without credentials, so it is not a sidecar. Check SIDECAR_PORT.")
            : throw new NoSessionException(
                status is StatusCodes.Status400BadRequest or StatusCodes.Status404NotFound ? ExitCodes.Usage : ExitCodes.Unhealthy,
                $"no session from {uri}: {status} {Said(members, text)}");
    }

    private static ServedSession? Of(string text, Dictionary<string, string> members)
    {
        var (id, key, token) = (Value("AccessKeyId"), Value("SecretAccessKey"), Value("Token"));
        var expiration = Value("Expiration");
        return id is null || key is null || token is null || (expiration is null && members.ContainsKey("Expiration")) ? null
            : new ServedSession(text.Trim(), id, key, token, expiration);

        // What follows is written into files and shells, so it must not have a line end or a quote.
        string? Value(string name) => members.TryGetValue(name, out var value) && Values().IsMatch(value) ? value : null;
    }

    private static string Said(Dictionary<string, string> members, string text)
    {
        var mask = new SecretMask([], [], TimeProvider.System);
        return OutsideText.Shown(
            members.TryGetValue("code", out var code) && members.TryGetValue("message", out var message) ? $"{code}: {message}" : text,
            mask) ?? "without a text.";
    }

    /// <summary>The members of the JSON object whose values are text; empty if the text is not a JSON object.</summary>
    private static Dictionary<string, string> Members(string text)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);

        try
        {
            using var json = JsonDocument.Parse(text);

            foreach (var member in json.RootElement.EnumerateObject().Where(one => one.Value.ValueKind == JsonValueKind.String))
            {
                members[member.Name] = member.Value.GetString()!;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // GetString rejects a value with half of a surrogate pair.
            members.Clear();
        }

        return members;
    }

    // The default would print secrets.
    public override string ToString() => $"{nameof(ServedSession)} {AccessKeyId}";

    [GeneratedRegex(@"^[A-Za-z0-9+/=_.~:-]{1,8192}\z")]
    private static partial Regex Values();
}
