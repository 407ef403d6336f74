using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>The answer of a container credentials endpoint, with the members that ECS and EKS share.</summary>
internal sealed record TaskRoleDocument(string? AccessKeyId, string? SecretAccessKey, string? Token, string? RoleArn, string? Expiration)
{
    /// <exception cref="CredentialException">The answer has no usable credentials.</exception>
    public static TemporaryCredentials Read(ReadOnlySpan<byte> body, string endpoint, DateTimeOffset now)
    {
        TaskRoleDocument? read;

        try
        {
            read = JsonSerializer.Deserialize(body, SourcesJson.Default.TaskRoleDocument);
        }
        catch (JsonException e)
        {
            throw Unusable($"invalid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }

        if (read is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, Token.Length: > 0 })
        {
            throw Unusable("JSON without AccessKeyId, SecretAccessKey or Token");
        }

        if (!OutsideName.IsKeyId(read.AccessKeyId))
        {
            throw Unusable("an invalid AccessKeyId");
        }

        if (!DateTimeOffset.TryParse(read.Expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiration))
        {
            throw Unusable("credentials without a readable Expiration");
        }

        if (expiration <= now)
        {
            throw Unusable($"credentials that expired at {expiration:O}; this clock shows {now:O}");
        }

        return new TemporaryCredentials(read.AccessKeyId, read.SecretAccessKey, read.Token, RoleOf(read), now, expiration);

        // Operators see this ARN in messages and advice; without it the advice has a placeholder.
        static string? RoleOf(TaskRoleDocument read) => Chains.RoleArn.TryParse(read.RoleArn, out var arn, out _) ? arn.Text : null;

        CredentialException Unusable(string what) =>
            new(CredentialFailure.SourceUnavailable, $"The task role could not be read: {endpoint} answered {what}.");
    }
}

/// <summary>Task metadata version 4, of <c>/task</c>: the members that the sidecar uses.</summary>
internal sealed record TaskMetadataDocument(string? TaskARN, string? Cluster, string? Family);

/// <summary>An error of the ECS agent.</summary>
internal sealed record AgentErrorDocument(
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("message")] string? Message);

[JsonSerializable(typeof(TaskRoleDocument))]
[JsonSerializable(typeof(TaskMetadataDocument))]
[JsonSerializable(typeof(AgentErrorDocument))]
internal sealed partial class SourcesJson : JsonSerializerContext;
