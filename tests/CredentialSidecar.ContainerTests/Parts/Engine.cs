using System.Text.Json.Nodes;

namespace CredentialSidecar.ContainerTests.Parts;

/// <summary>The commands of a container engine, as a person would type them.</summary>
/// <remarks><c>Docker</c> is a namespace of the client that Testcontainers brings.</remarks>
internal static class Engine
{
    public static Task<Command.Ended> TryAsync(params IEnumerable<string> words) => Command.RunAsync("docker", words);

    /// <summary>Runs a command that must succeed, and returns what it printed.</summary>
    public static async Task<string> DoAsync(params IEnumerable<string> words) => (await TryAsync(words)).Succeeded();

    public static async Task<JsonNode> InspectAsync(string thing) => JsonNode.Parse(await DoAsync("inspect", thing))![0]!;

    /// <summary>All that a container wrote to either stream.</summary>
    public static async Task<string> LogsAsync(string container) => (await TryAsync("logs", container)).All;

    /// <summary>The exit code of a container that ends by itself.</summary>
    public static async Task<int> WaitAsync(string container) =>
        int.Parse(await DoAsync("wait", container), System.Globalization.CultureInfo.InvariantCulture);

    public static async Task HealthyAsync(string container) => await Eventually.HoldsAsync(
        async () => (string?)(await InspectAsync(container))["State"]!["Health"]!["Status"] == "healthy",
        () => LogsAsync(container));
}
