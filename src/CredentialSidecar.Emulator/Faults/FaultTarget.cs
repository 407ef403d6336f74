using System.Text.Json.Serialization;

namespace CredentialSidecar.Emulator.Faults;

[JsonConverter(typeof(JsonStringEnumConverter<FaultTarget>))]
internal enum FaultTarget
{
    Sts,
    Agent,
}
