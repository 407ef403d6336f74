using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;

namespace CredentialSidecar.Access;

/// <summary>The audit line of one answer: enough to find the session in CloudTrail, and no secret.</summary>
/// <param name="Status">The HTTP status; 0 in a line that counts several answers.</param>
/// <param name="Reason"><c>ok</c>, or why the answer has no credentials.</param>
/// <param name="Client">Null if the request had no valid token.</param>
/// <param name="Destination">Null if the request named no configured destination.</param>
/// <param name="Uid">The uid of the process that sent the request; known only on the intercepted listener.</param>
/// <param name="UserAgent">The User-Agent header, see <see cref="Shown"/>; the client may have made it up.</param>
/// <param name="AccessKeyId">Of the served session, as in CloudTrail. This and the next parameters are null if no session was
/// served.</param>
/// <param name="StsRequestId">Of the AssumeRole call that created the session.</param>
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

    /// <summary>How many more answers had the same reason, address and client as the last line; null in a line of one answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    /// <summary>Event 400 reports this answer, so the log skips the audit line. The file still gets it.</summary>
    [JsonIgnore]
    public bool IsLogged { get; init; }

    [JsonIgnore]
    public bool IsServed => Status == StatusCodes.Status200OK;

    /// <summary>A User-Agent, cut at 256 characters, with line ends and terminal escape sequences replaced.</summary>
    public static string? Shown(string? agent)
    {
        if (string.IsNullOrEmpty(agent))
        {
            return null;
        }

        agent = agent.Length > LongestAgent ? agent[..LongestAgent] : agent;
        return agent.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Configuration.Shown.OnOneLine(agent) : agent;
    }

    /// <summary>The one place that fills a line; <see cref="AuditWriter"/> is its caller.</summary>
    public static AuditLine Of(
        DateTimeOffset time, int status, string reason, string? client, IPAddress? peer, string? task,
        AuditDetails details = default) => new(
        time, status, reason, client, details.Destination, PeerAddress.Text(peer), details.Uid, Shown(details.UserAgent),
        details.Served?.AccessKeyId, details.SessionName, details.Served?.RequestId, details.Served?.Expiration, task)
    {
        Count = details.Count,
        IsLogged = details.IsLogged,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Readable.AuditLine);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
