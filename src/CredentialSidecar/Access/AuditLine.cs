using System.Globalization;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Configuration;
using CredentialSidecar.Telemetry;

namespace CredentialSidecar.Access;

/// <summary>One answer, as it is written down: enough to find the session in CloudTrail, and nothing to use it with.</summary>
/// <param name="Status">Of the HTTP answer; 0 in a line that counts several.</param>
/// <param name="Reason"><c>ok</c>, or why there were no credentials.</param>
/// <param name="Client">Null where no token of ours was sent.</param>
/// <param name="Destination">Null where none that is configured was asked for.</param>
/// <param name="Uid">Of the process that asked; known on the intercepted listener.</param>
/// <param name="UserAgent">What the request said of itself, see <see cref="Shown"/>; it may be invented.</param>
/// <param name="AccessKeyId">Of the session that was served, as CloudTrail shows it; this and the rest are null where none was.</param>
/// <param name="StsRequestId">Of the call that made the session.</param>
internal sealed record AuditLine(
    DateTimeOffset Time,
    int Status,
    string Reason,
    string? Client,
    string? Destination,
    string? Peer,
    uint? Uid,
    string? UserAgent,
    string? AccessKeyId,
    string? RoleSessionName,
    string? StsRequestId,
    DateTimeOffset? Expiration,
    string? TaskArn)
{
    /// <summary>How many more answers there were like the last line of that reason, address and client; null in a line of one answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    /// <summary>Event 400 tells of this answer already, so the log needs no second line; the file does.</summary>
    [JsonIgnore]
    public bool IsLogged { get; init; }

    // Quotes, plus signs and letters of any language stay as they are; control characters are escaped still.
    private static readonly AuditJson Readable = new(new JsonSerializerOptions(AuditJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    [JsonIgnore]
    public bool IsServed => Status == StatusCodes.Status200OK;

    private const int LongestAgent = 256;

    /// <summary>What a request says of itself, cut at 256 characters, without a line end or an escape sequence for the terminal it may be read at.</summary>
    public static string? Shown(string? agent)
    {
        if (string.IsNullOrEmpty(agent))
        {
            return null;
        }

        agent = agent.Length > LongestAgent ? agent[..LongestAgent] : agent;
        return agent.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Configuration.Shown.OnOneLine(agent) : agent;
    }

    /// <summary>A line about who was answered, where nothing else is known or it is the same for several.</summary>
    public static AuditLine Of(DateTimeOffset time, int status, string reason, string? client, IPAddress? peer, string? task) =>
        new(time, status, reason, client, null, peer?.ToString(), null, null, null, null, null, null, task);

    /// <summary>The same as an event of the log, without what has no value.</summary>
    public LogRecord ToRecord()
    {
        var client = $"{Client ?? "an unknown client"}{(Uid is { } uid ? $" (uid {uid})" : "")}{(Peer is null ? "" : $" at {Peer}")}";

        if (Count is { } count)
        {
            var many = $"Refused {count} more {(count == 1 ? "request" : "requests")}";
            return new(Time, $"{many}.", $"{many} of {client}: {Reason}.", (nameof(Count), count), (nameof(Reason), Reason), (nameof(Client), Client), (nameof(Peer), Peer), (nameof(TaskArn), TaskArn));
        }

        if (!IsServed)
        {
            return new(Time, $"Refused a request: {Status} {Reason}.",
                $"Refused {Destination ?? "a request"} {(Destination is null ? "of" : "to")} {client}: {Status} {Reason}{(UserAgent is null ? "" : $" (agent {UserAgent})")}.",
                (nameof(Status), Status), (nameof(Reason), Reason), (nameof(Client), Client), (nameof(Destination), Destination), (nameof(Peer), Peer), (nameof(Uid), Uid),
                (nameof(UserAgent), UserAgent), (nameof(TaskArn), TaskArn));
        }

        // Without the agent, which is long and in the file.
        string?[] details =
        [
            AccessKeyId is null ? null : $"access key {AccessKeyId}", RoleSessionName is null ? null : $"session {RoleSessionName}", StsRequestId is null ? null : $"STS request {StsRequestId}",
            Expiration is { } end ? $"expires {end.UtcDateTime.ToString(LineFormatter.Seconds, CultureInfo.InvariantCulture)}" : null,
        ];
        var told = string.Join(", ", details.Where(detail => detail is not null));
        return new(Time, "Served credentials.", $"Served {Destination} to {client}{(told.Length > 0 ? $": {told}" : "")}.",
            (nameof(Client), Client), (nameof(Destination), Destination), (nameof(Peer), Peer), (nameof(Uid), Uid), (nameof(AccessKeyId), AccessKeyId),
            (nameof(RoleSessionName), RoleSessionName), (nameof(StsRequestId), StsRequestId), (nameof(Expiration), Expiration), (nameof(TaskArn), TaskArn));
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Readable.AuditLine);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
