using System.Text.Json;
using System.Text.RegularExpressions;

namespace CredentialSidecar.Emulator.Agent;

/// <summary><c>POST /api/{id}/fault/v1/…</c>: the task of this world does not enable it.</summary>
internal static partial class FaultInjection
{
    /// <summary>The answer to such a path, or null for another one.</summary>
    public static Answer? Find(string method, string path, MetadataPages metadata)
    {
        if (Paths().Match(path) is not { Success: true } match)
        {
            return null;
        }

        if (!HttpMethods.IsPost(method))
        {
            return new Answer(405, "", "");
        }

        return metadata.Knows(match.Groups[1].Value)
            ? Error(400, $"enableFaultInjection is not enabled for task: {metadata.TaskArn}")
            : Error(404, $"unable to lookup container: {match.Groups[1].Value}");
    }

    private static Answer Error(int status, string text) =>
        new(status, "application/json", JsonSerializer.Serialize(new FaultError(text), AgentJson.Plain.FaultError));

    [GeneratedRegex(@"^/api/([^/]+)/fault/v1/(network-blackhole-port|network-latency|network-packet-loss)/(start|stop|status)\z")]
    private static partial Regex Paths();
}

internal sealed record FaultError(string Error);
