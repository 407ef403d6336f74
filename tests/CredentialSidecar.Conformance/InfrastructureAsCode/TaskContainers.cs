using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.EcsSamples;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>Container definitions by their meaning.</summary>
internal static class TaskContainers
{
    /// <summary>The order of variables has no meaning, and JSON in a variable may have its keys in any order.</summary>
    public static JsonNode Comparable(JsonNode containers)
    {
        var copy = containers.DeepClone();
        var sidecar = copy.AsArray().Single(container => container!.Text("name") == "credential-sidecar")!;
        sidecar["environment"] = new JsonObject(sidecar["environment"]!.AsArray().Select(variable => KeyValuePair.Create(
            variable!.Text("name"),
            variable!.Text("name") == "SIDECAR_CONFIG" ? JsonNode.Parse(variable!.Text("value")) : variable!["value"]!.DeepClone())));
        return copy;
    }
}
