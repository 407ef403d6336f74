using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>Task scale-in protection, <c>GET</c> and <c>PUT /api/{id}/task-protection/v1/state</c>.</summary>
/// <remarks>The agent reads a body at this path only.</remarks>
internal sealed partial class TaskProtection(EmulatorState state, MetadataPages metadata)
{
    private const int DefaultMinutes = 120;

    private volatile Protection? _enabled;

    /// <summary>The answer to that path, or null for another one.</summary>
    public async Task<Answer?> FindAsync(HttpContext context, string path)
    {
        if (Paths().Match(path) is not { Success: true } match)
        {
            return null;
        }

        if (context.Request.Method is not ("GET" or "PUT"))
        {
            return new Answer(405, "", "");
        }

        var isPut = context.Request.Method == "PUT";
        var asked = isPut ? ProtectionRequest.Read(await BodyAsync(context)) : null;

        if (isPut && asked is null)
        {
            return Error(400, null, "InvalidParameterException", "UpdateTaskProtection: failed to decode request");
        }

        if (!metadata.Knows(match.Groups[1].Value))
        {
            return Error(404, null, "ResourceNotFoundException", "Failed to find a task for the request");
        }

        if (asked is { ProtectionEnabled: null })
        {
            return Error(400, metadata.TaskArn, "InvalidParameterException", "Invalid request: does not contain 'ProtectionEnabled' field");
        }

        if (asked is not null)
        {
            var minutes = asked.ExpiresInMinutes ?? DefaultMinutes;
            var until = state.Clock.GetUtcNow().UtcDateTime.AddMinutes(minutes)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            _enabled = asked.ProtectionEnabled == true ? new Protection(until, true, metadata.TaskArn) : null;
        }

        return new Answer(200, "application/json", JsonSerializer.Serialize(
            new ProtectionAnswer(_enabled ?? new Protection(null, false, metadata.TaskArn)), AgentJson.Plain.ProtectionAnswer));
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private static Answer Error(int status, string? arn, string code, string message) => new(
        status, "application/json",
        JsonSerializer.Serialize(new ProtectionFailure(new ProtectionError(arn, code, message)), AgentJson.Plain.ProtectionFailure));

    [GeneratedRegex(@"^/api/([^/]+)/task-protection/v1/state\z")]
    private static partial Regex Paths();
}

/// <summary>The body of a PUT, read as Go reads it: keys in any case, unknown keys refused.</summary>
/// <remarks>Text after the first JSON value is ignored.</remarks>
internal sealed record ProtectionRequest(bool? ProtectionEnabled, long? ExpiresInMinutes)
{
    /// <returns>Null where it cannot be decoded.</returns>
    public static ProtectionRequest? Read(ReadOnlySpan<byte> body)
    {
        var (enabled, minutes) = ((bool?)null, (long?)null);

        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);

            if (document.RootElement.ValueKind != JsonValueKind.Null)
            {
                foreach (var member in document.RootElement.EnumerateObject())
                {
                    var isNull = member.Value.ValueKind == JsonValueKind.Null;

                    if (member.Name.Equals(nameof(ProtectionEnabled), StringComparison.OrdinalIgnoreCase))
                    {
                        enabled = isNull ? null : member.Value.GetBoolean();
                    }
                    else if (member.Name.Equals(nameof(ExpiresInMinutes), StringComparison.OrdinalIgnoreCase))
                    {
                        minutes = isNull ? null : member.Value.GetInt64();
                    }
                    else
                    {
                        return null;
                    }
                }
            }

            return new ProtectionRequest(enabled, minutes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}

internal sealed record ProtectionAnswer([property: JsonPropertyName("protection")] Protection Protection);

internal sealed record Protection(string? ExpirationDate, bool ProtectionEnabled, string TaskArn);

internal sealed record ProtectionFailure([property: JsonPropertyName("error")] ProtectionError Error);

internal sealed record ProtectionError(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Arn, string Code, string Message);
