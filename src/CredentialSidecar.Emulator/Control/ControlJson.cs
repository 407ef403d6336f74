using System.Text.Json.Serialization;
using CredentialSidecar.Emulator.Calls;
using CredentialSidecar.Emulator.Faults;

namespace CredentialSidecar.Emulator.Control;

internal sealed record CallsDocument(IReadOnlyList<StsCall> Sts, IReadOnlyList<AgentRead> Agent);

/// <summary>The line a started emulator prints, for the process that started it.</summary>
internal sealed record StartedLine(string Agent, string RelativeUri, string Metadata, string Sts, string Control);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CallsDocument))]
[JsonSerializable(typeof(StartedLine))]
[JsonSerializable(typeof(IReadOnlyList<Fault>))]
internal sealed partial class ControlJson : JsonSerializerContext;
