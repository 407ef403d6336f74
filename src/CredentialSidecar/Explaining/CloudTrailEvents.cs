using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Explaining;

/// <summary>
/// Reads failed calls from CloudTrail: an event, a log file, an EventBridge event, or the output of <c>lookup-events</c>.
/// </summary>
internal static partial class CloudTrailEvents
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
            // The text is not JSON, or JsonNode rejects it: for a repeated name, or for half of a surrogate pair.
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
        var issuer = Arn(Text((identity?["sessionContext"] as JsonObject)?["sessionIssuer"] as JsonObject, "arn"));
        var message = Text(json, "errorMessage") ?? "";
        var (name, code, said) = (Text(json, "eventName")!, Text(json, "errorCode")!, EvidenceReader.OfText(message));
        var isHop = Text(json, "eventSource") is null or "sts.amazonaws.com" && name == "AssumeRole";

        return new Evidence(
            said?.Kind is EvidenceKind.HopDenial or EvidenceKind.OtherDenial ? said.Kind
                : !isHop ? EvidenceKind.OtherService
                : code is "AccessDenied" or "Client.AccessDenied" ? EvidenceKind.HopDenial
                : EvidenceKind.StsError,
            Name(code), message)
        {
            Operation = Name(name),
            Role = Arn(Text(parameters, "roleArn")) ?? EvidenceReader.RoleIn(message),
            Caller = issuer ?? said?.Caller ?? Arn(Text(identity, "arn")),
            HasCallersPath = issuer is not null,
            Region = Name(Text(json, "awsRegion")),
            Request = new RequestFacts(parameters is not null, Text(parameters, "externalId"), Name(Text(json, "vpcEndpointId")),
                $"{Name(name) ?? "an event"} at {Name(Text(json, "eventTime")) ?? "an unknown time"}"),
        };
    }

    // The explanation prints these values, and an event can have any text in their place.
    private static string? Name(string? text) => text is not null && Names().IsMatch(text) ? text : null;

    private static string? Arn(string? text) => text is not null && Arns().IsMatch(text) ? text : null;

    private static string? Text(JsonObject? json, string name) =>
        json?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    [GeneratedRegex(@"^[A-Za-z0-9.:-]{1,60}\z")]
    private static partial Regex Names();

    [GeneratedRegex(@"^arn:aws[a-z-]{0,16}:(?:iam|sts)::[0-9]{12}:[\w+=,.@/-]{1,576}\z", RegexOptions.ECMAScript)]
    private static partial Regex Arns();
}
