using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>What a client printed: its version, then whom each call was made as, and at last the error if there was one.</summary>
/// <param name="Callers">The ARN that STS told, or the access key id where the client has no STS.</param>
internal sealed record ClientRun(string? Version, IReadOnlyList<string> Callers, string? Error, ChildProcess.Ended Ended)
{
    public static ClientRun Of(ChildProcess.Ended ended)
    {
        var lines = ended.Output.Split('\n').Select(Read).OfType<JsonObject>().ToArray();

        return new ClientRun(
            Text("version").FirstOrDefault(),
            [.. Text("arn"), .. Text("accessKeyId")],
            Text("error").FirstOrDefault() ?? (ended.Code == 0 ? null : ended.ToString()),
            ended);

        IEnumerable<string> Text(string name) => from line in lines where line[name] is not null select line[name]!.GetValue<string>();
    }

    private static JsonNode? Read(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonNode.Parse(line) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
