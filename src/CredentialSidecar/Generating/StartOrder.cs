using System.Text.Json.Nodes;

namespace CredentialSidecar.Generating;

/// <summary>The order in which ECS starts containers: <c>dependsOn</c>, <c>volumesFrom</c>, and the FireLens log router.</summary>
internal static class StartOrder
{
    public const string FireLens = "awsfirelens";

    /// <exception cref="InputException">ECS would reject the order.</exception>
    public static void Check(IReadOnlyList<JsonObject> containers)
    {
        var router = containers.FirstOrDefault(container => container["firelensConfiguration"] is JsonObject).Text("name");
        var after = containers.ToDictionary(container => container.Text("name")!, container => Before(container, router).ToArray());

        foreach (var (name, dependencies) in after)
        {
            foreach (var unknown in dependencies.Where(dependency => !after.ContainsKey(dependency)))
            {
                throw new InputException($"Container {name} depends on container {unknown}, which the task definition does not have.");
            }
        }

        foreach (var name in after.Keys)
        {
            if (Cycle(name, after, []) is { } cycle)
            {
                throw new InputException($"The containers wait for each other: {string.Join(" waits for ", cycle)}. "
                    + "ECS rejects this order. Remove one of these dependencies, or leave that container out of --container.");
            }
        }
    }

    private static IEnumerable<string> Before(JsonObject container, string? router)
    {
        var logs = container["logConfiguration"].Text("logDriver") == FireLens && router is not null ? [router] : Array.Empty<string>();
        return container.Objects("dependsOn").Select(one => one.Text("containerName"))
            .Concat(container.Objects("volumesFrom").Select(one => one.Text("sourceContainer")))
            .OfType<string>()
            .Concat(logs);
    }

    private static string[]? Cycle(string name, Dictionary<string, string[]> after, string[] path)
    {
        if (Array.IndexOf(path, name) is var start and >= 0)
        {
            return [.. path[start..], name];
        }

        return after[name].Select(next => Cycle(next, after, [.. path, name])).FirstOrDefault(cycle => cycle is not null);
    }
}
