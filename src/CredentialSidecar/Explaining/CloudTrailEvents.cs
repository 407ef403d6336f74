using System.Text.Json;
using System.Text.Json.Nodes;

namespace CredentialSidecar.Explaining;

/// <summary>
/// Reads failed calls from CloudTrail: an event, a log file, an EventBridge event, or the output of <c>lookup-events</c>.
/// </summary>
internal static class CloudTrailEvents
{
    private const int Most = 20;

    /// <returns>Null if the text is not CloudTrail's; empty if no call in it failed.</returns>
    public static IReadOnlyList<Evidence>? Read(string text)
    {
        JsonNode? node;

        try
        {
            node = JsonNode.Parse(text.TrimStart('\uFEFF'));
        }
        catch (JsonException)
        {
            return null;
        }

        var events = Unwrap(node).Where(one => Text(one, "eventName") is not null).Take(Most).ToArray();
        return events.Length == 0 ? null : [.. events.Where(one => Text(one, "errorCode") is not null).Select(Of)];
    }

    private static IEnumerable<JsonObject> Unwrap(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(Unwrap),
        JsonObject json when json["Records"] is JsonArray records => Unwrap(records),
        JsonObject json when json["Events"] is JsonArray events => Unwrap(events),
        JsonObject json when json["detail"] is JsonObject detail => [detail],
        JsonObject json when Text(json, "CloudTrailEvent") is { } inner => Nested(inner),
        JsonObject json => [json],
        _ => [],
    };

    private static IEnumerable<JsonObject> Nested(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject json ? [json] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static Evidence Of(JsonObject json)
    {
        var (identity, parameters) = (json["userIdentity"] as JsonObject, json["requestParameters"] as JsonObject);
        var issuer = (identity?["sessionContext"] as JsonObject)?["sessionIssuer"] as JsonObject;
        var message = Text(json, "errorMessage") ?? "";

        return new Evidence(Text(json, "errorCode"), message)
        {
            Role = Text(parameters, "roleArn") ?? EvidenceReader.RoleIn(message),
            Caller = Text(issuer, "arn") ?? Sources.Denial.Read(message).Caller ?? Text(identity, "arn"),
            Region = Text(json, "awsRegion"),
            Request = new RequestFacts(
                Text(parameters, "externalId"), Text(json, "vpcEndpointId"), $"{Text(json, "eventName")} at {Text(json, "eventTime")}"),
        };
    }

    private static string? Text(JsonObject? json, string name) =>
        json?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
