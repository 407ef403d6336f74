using System.Text.Json;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>Task scale-in protection, <c>GET</c> and <c>PUT /api/{id}/task-protection/v1/state</c>: the one thing of the agent's that takes a body.</summary>
internal sealed class TaskProtection(EmulatorState state, MetadataPages metadata)
{
    private volatile bool _isEnabled;

    /// <summary>The answer to that path, or null for another one.</summary>
    public async Task<Answer?> FindAsync(HttpContext context, string path)
    {
        if (path != $"/api/{metadata.ContainerId}/task-protection/v1/state")
        {
            return null;
        }

        if (HttpMethods.IsPut(context.Request.Method))
        {
            try
            {
                var asked = await JsonSerializer.DeserializeAsync(context.Request.Body, AgentJson.Plain.ProtectionRequest, context.RequestAborted);
                _isEnabled = asked?.ProtectionEnabled ?? throw new JsonException();
            }
            catch (JsonException)
            {
                return new Answer(400, "application/json", """{"error":{"Code":"InvalidParameterException","Message":"Invalid request: does not contain 'ProtectionEnabled' field"}}""");
            }
        }

        var until = _isEnabled ? state.Clock.GetUtcNow().UtcDateTime.AddHours(2).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : null;
        return new Answer(200, "application/json", JsonSerializer.Serialize(
            new ProtectionAnswer(new Protection(until, _isEnabled, metadata.TaskArn)), AgentJson.Plain.ProtectionAnswer));
    }
}

internal sealed record ProtectionRequest(bool? ProtectionEnabled, int? ExpiresInMinutes);

internal sealed record ProtectionAnswer([property: System.Text.Json.Serialization.JsonPropertyName("protection")] Protection Protection);

internal sealed record Protection(string? ExpirationDate, bool ProtectionEnabled, string TaskArn);
