using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Configuration.Options;

/// <summary>The generated shape of the options: what strict reading, printing and the JSON Schema all go by.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(SidecarOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;

/// <summary>A time as an operator writes it, see <see cref="Durations"/>.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Durations.TryParse(reader.GetString(), out var value) ? value : throw new JsonException(Durations.Expected);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Durations.Format(value));
}
