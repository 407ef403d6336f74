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
        try
        {
            var events = Unwrap(JsonNode.Parse(text.TrimStart('\uFEFF'))).Where(one => Text(one, "eventName") is not null).ToArray();
            return events.Length == 0 ? null : [.. events.Where(one => Text(one, "errorCode") is not null).Take(Most).Select(Of)];
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // No JSON, or JSON that no program can read alike: a name that stands twice, half of a character.
            return null;
        }
    }

    private static IEnumerable<JsonObject> Unwrap(JsonNode? node) => node switch
    {
        JsonArray list => list.SelectMany(Unwrap),
        JsonObject json when json["Records"] is JsonArray records => Unwrap(records),
        JsonObject json when json["Events"] is JsonArray events => Unwrap(events),
        JsonObject json when json["detail"] is JsonObject detail => [detail],
        JsonObject json when Text(json, "CloudTrailEvent") is { } inner => Unwrap(JsonNode.Parse(inner)),
        JsonObject json => [json],
        _ => [],
    };

    private static Evidence Of(JsonObject json)
    {
        var (identity, parameters) = (json["userIdentity"] as JsonObject, json["requestParameters"] as JsonObject);
        var issuer = Text((identity?["sessionContext"] as JsonObject)?["sessionIssuer"] as JsonObject, "arn");
        var message = Text(json, "errorMessage") ?? "";
        var (name, code, said) = (Text(json, "eventName")!, Text(json, "errorCode")!, EvidenceReader.OfText(message));
        var isHop = Text(json, "eventSource") is null or "sts.amazonaws.com" && name == "AssumeRole";

        return new Evidence(
            said?.Kind is EvidenceKind.HopDenial or EvidenceKind.OtherDenial ? said.Kind
                : !isHop ? EvidenceKind.OtherService
                : code is "AccessDenied" or "Client.AccessDenied" ? EvidenceKind.HopDenial
                : EvidenceKind.StsError,
            code, message)
        {
            Operation = name,
            Role = Text(parameters, "roleArn") ?? EvidenceReader.RoleIn(message),
            Caller = issuer ?? said?.Caller ?? Text(identity, "arn"),
            HasCallersPath = issuer is not null,
            Region = Text(json, "awsRegion"),
            Request = new RequestFacts(parameters is not null, Text(parameters, "externalId"), Text(json, "vpcEndpointId"),
                $"{name} at {Text(json, "eventTime")}"),
        };
    }

    private static string? Text(JsonObject? json, string name) =>
        json?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
