using System.Globalization;
using System.Text.Json;
using CredentialSidecar.Chains;

namespace CredentialSidecar.Sources;

/// <summary>What a credential process prints: the contract of <c>credential_process</c> in the AWS SDKs.</summary>
/// <remarks>See "Process credential provider" in the AWS SDKs and Tools Reference Guide.</remarks>
internal static class ProcessDocument
{
    /// <returns>The credentials, or what is wrong after "the program printed", without a word of the output.</returns>
    public static (TemporaryCredentials? Credentials, string? Problem) Read(ReadOnlyMemory<byte> output, DateTimeOffset now)
    {
        if (output.IsEmpty)
        {
            return (null, "nothing");
        }

        try
        {
            using var document = JsonDocument.Parse(output);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement, now)
                : (null, "JSON that is not an object");
        }
        catch (JsonException e)
        {
            return (null, $"invalid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }
    }

    private static (TemporaryCredentials?, string?) Read(JsonElement root, DateTimeOffset now)
    {
        var (key, secret, token, end) =
            (Text(root, "AccessKeyId"), Text(root, "SecretAccessKey"), Text(root, "SessionToken"), Text(root, "Expiration"));
        var expiration = DateTimeOffset.MaxValue;
        var problem = VersionProblem(root)
            ?? (key.Length == 0 ? "JSON without AccessKeyId" : null)
            ?? (!OutsideName.IsKeyId(key) ? "an invalid AccessKeyId" : null)
            ?? (secret.Length == 0 ? "JSON without SecretAccessKey" : null)
            ?? (end.Length > 0
                && !DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out expiration)
                    ? "an Expiration that is not a time such as 2026-01-31T12:00:00Z" : null)
            ?? (expiration <= now ? $"credentials that expired at {expiration:O}; this clock shows {now:O}" : null);

        return problem is null ? (new TemporaryCredentials(key, secret, token, null, now, expiration), null) : (null, problem);
    }

    // The SDKs refuse any other version.
    private static string? VersionProblem(JsonElement root) => !root.TryGetProperty("Version", out var version) ? "JSON without Version"
        : version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == 1 ? null
        : "JSON with a Version other than the number 1";

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
