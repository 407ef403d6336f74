using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>What a container credentials endpoint answers: the ECS agent's members, which EKS shares.</summary>
internal sealed record TaskRoleDocument(string? AccessKeyId, string? SecretAccessKey, string? Token, string? RoleArn, string? Expiration)
{
    /// <exception cref="CredentialException">It is no set of credentials, or an expired one.</exception>
    public static TemporaryCredentials Read(ReadOnlySpan<byte> body, string endpoint, DateTimeOffset now)
    {
        TaskRoleDocument? read;

        try
        {
            read = JsonSerializer.Deserialize(body, SourcesJson.Default.TaskRoleDocument);
        }
        catch (JsonException e)
        {
            throw Unusable($"something other than its JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }

        if (read is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, Token.Length: > 0 })
        {
            throw Unusable("JSON without AccessKeyId, SecretAccessKey or Token");
        }

        if (!OutsideName.IsKeyId(read.AccessKeyId))
        {
            throw Unusable("an AccessKeyId that is not one");
        }

        if (!DateTimeOffset.TryParse(read.Expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiration))
        {
            throw Unusable("credentials without a readable Expiration");
        }

        if (expiration <= now)
        {
            throw Unusable($"credentials that expired at {expiration:O}, and it is {now:O} by this clock");
        }

        return new TemporaryCredentials(read.AccessKeyId, read.SecretAccessKey, read.Token, RoleOf(read), now, expiration);

        // It is shown to operators, in advice too; without it the advice has a gap to fill in.
        static string? RoleOf(TaskRoleDocument read) => Chains.RoleArn.TryParse(read.RoleArn, out var arn, out _) ? arn.Text : null;

        CredentialException Unusable(string what) =>
            new(CredentialFailure.SourceUnavailable, $"The task role could not be read: {endpoint} answered {what}.");
    }
}

/// <summary>Task metadata version 4, of <c>/task</c>: the members we use.</summary>
internal sealed record TaskMetadataDocument(string? TaskARN, string? Cluster, string? Family);

/// <summary>An error of the ECS agent.</summary>
internal sealed record AgentErrorDocument(
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("message")] string? Message);

[JsonSerializable(typeof(TaskRoleDocument))]
[JsonSerializable(typeof(TaskMetadataDocument))]
[JsonSerializable(typeof(AgentErrorDocument))]
internal sealed partial class SourcesJson : JsonSerializerContext;
