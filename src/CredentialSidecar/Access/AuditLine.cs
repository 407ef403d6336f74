using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;

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
    private const int LongestAgent = 256;
    private static readonly AuditJson Readable = new(ReadableJson.Of(AuditJson.Default.Options));

    /// <summary>How many more answers there were like the last line of that reason, address and client; null in a line of one answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    /// <summary>Event 400 reports this answer, so the log skips the audit line. The file still gets it.</summary>
    [JsonIgnore]
    public bool IsLogged { get; init; }

    [JsonIgnore]
    public bool IsServed => Status == StatusCodes.Status200OK;

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

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Readable.AuditLine);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
