using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The JSON Schema of the configuration file, from the metadata that also reads it.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Readable = new(OptionsJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text
    {
        get
        {
            var exporter = new JsonSchemaExporterOptions
            {
                TransformSchemaNode = Transform,
                TreatNullObliviousAsNonNullable = true,
            };
            var schema = OptionsJson.Default.SidecarOptions.GetJsonSchemaAsNode(exporter).AsObject();
            schema["properties"]!["$schema"] = new JsonObject
            {
                ["description"] = "For the editor; the sidecar skips it.",
                ["type"] = "string",
            };
            schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
            schema.Insert(1, "title", "CredentialSidecar configuration");
            return schema.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
        }
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        // An enum and a time have no description of their own type, only of the property.
        var schema = node as JsonObject ?? [];

        if (context.TypeInfo.Type == typeof(TimeSpan))
        {
            schema["type"] = "string";
            schema["pattern"] = @"^([0-9]{1,6}(\.[0-9]{1,3})?\s*(ms|s|m|h)?|[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?)$";
        }

        if (schema.ContainsKey("properties"))
        {
            schema["additionalProperties"] = false;
        }

        if (context.TypeInfo.Type == typeof(Dictionary<string, DestinationOptions>))
        {
            schema["propertyNames"] = new JsonObject { ["pattern"] = "^[a-z0-9_-]{1,64}$" };
        }

        if (context.TypeInfo.Type == typeof(Dictionary<string, string>))
        {
            schema["propertyNames"] = new JsonObject { ["pattern"] = "^[0-9]{1,10}$" };
        }

        if (context.PropertyInfo is { Name: nameof(HopOptions.Tags) } property && property.DeclaringType == typeof(HopOptions))
        {
            // As an object, a tag is a key and its value.
            schema["type"] = new JsonArray("array", "object");
            schema["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        }

        if (context.PropertyInfo is { Name: nameof(HopOptions.Policy) })
        {
            schema["type"] = new JsonArray("string", "object", "null");
        }

        var descriptions = context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), false);

        if (descriptions is [DescriptionAttribute description])
        {
            schema.Insert(0, "description", description.Description);
        }

        return schema;
    }
}
