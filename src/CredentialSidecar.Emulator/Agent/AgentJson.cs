using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CredentialSidecar.Emulator.Agent;

/// <summary>What a container reads, in the agent's own order.</summary>
internal sealed record AgentCredentials(string RoleArn, string AccessKeyId, string SecretAccessKey, string Token, string Expiration);

/// <summary>What a container reads on failure; the mixed casing is the agent's own.</summary>
internal sealed record AgentError(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("HTTPErrorCode")] int HttpErrorCode);

[JsonSerializable(typeof(AgentCredentials))]
[JsonSerializable(typeof(AgentError))]
[JsonSerializable(typeof(TaskMetadata))]
[JsonSerializable(typeof(Dictionary<string, Stats>))]
[JsonSerializable(typeof(Associations))]
[JsonSerializable(typeof(ProtectionAnswer))]
[JsonSerializable(typeof(ProtectionFailure))]
[JsonSerializable(typeof(FaultError))]
[JsonSerializable(typeof(string))]
internal sealed partial class AgentJson : JsonSerializerContext
{
    // A "+" in a key stays a "+", as Go writes it.
    public static AgentJson Plain { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
