using System.Text.Json;
using System.Text.Json.Serialization;

namespace CredentialSidecar.Access;

/// <summary>One answer, as it is written down: enough to find the session in CloudTrail, and nothing to use it with.</summary>
/// <param name="Status">Of the HTTP answer.</param>
/// <param name="Reason"><c>ok</c>, or why there were no credentials.</param>
/// <param name="Client">Null where no token of ours was sent.</param>
/// <param name="Destination">Null where none that is configured was asked for.</param>
/// <param name="Uid">Of the process that asked; known on the intercepted listener.</param>
/// <param name="UserAgent">What the request said of itself, cut at 256 characters; it may be invented.</param>
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
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AuditJson.Default.AuditLine);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
