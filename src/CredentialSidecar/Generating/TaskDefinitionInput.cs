using System.Text.Json.Nodes;

namespace CredentialSidecar.Generating;

/// <summary>A task definition as a person wrote it, or as <c>aws ecs describe-task-definition</c> printed it.</summary>
internal static class TaskDefinitionInput
{
    // What ECS adds, and does not accept in a registration.
    private static readonly string[] ReadOnly =
    [
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy",
        "deregisteredAt", "deleteRequestedAt",
    ];

    /// <param name="notes">Receives what was changed.</param>
    /// <returns>The fields of a registration.</returns>
    /// <exception cref="InputException">The JSON is something else.</exception>
    public static JsonObject Of(JsonNode node, List<string> notes)
    {
        var definition = node as JsonObject;

        if (definition?["taskDefinition"] is JsonObject described)
        {
            definition.Remove("taskDefinition");

            if (definition["tags"] is JsonArray { Count: > 0 } tags)
            {
                definition.Remove("tags");
                described["tags"] = tags;
            }

            definition = described;
        }

        if (definition?["containerDefinitions"] is not JsonArray { Count: > 0 } containers)
        {
            throw new InputException(
                "The input is not a task definition: it has no containerDefinitions. "
                + "Give the JSON of a task definition, or the output of aws ecs describe-task-definition.");
        }

        if (containers.Any(container => container.Text("name") is null)
            || containers.GroupBy(container => container.Text("name"), StringComparer.Ordinal).Any(same => same.Count() > 1))
        {
            throw new InputException("Each container definition needs a name of its own.");
        }

        foreach (var tag in definition.Objects("tags").Where(tag => tag.Text("key")?.StartsWith("aws:",
            StringComparison.Ordinal) == true).ToArray())
        {
            definition.List("tags").Remove(tag);
            notes.Add($"The tag {tag.Text("key")} is left out: only AWS may set tags that begin with aws:.");
        }

        foreach (var field in ReadOnly.Where(definition.Remove))
        {
            notes.Add($"{field} is left out: ECS sets it.");
        }

        return definition;
    }
}
