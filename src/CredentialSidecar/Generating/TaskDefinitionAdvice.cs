using System.Text.Json.Nodes;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>A container that gets a role.</summary>
/// <param name="Directory">Where its token and the launcher are.</param>
internal sealed record Application(JsonObject Container, string Destination, SharedDirectory Directory);

/// <summary>What an operator should change in a task definition besides.</summary>
internal static class TaskDefinitionAdvice
{
    public static void Add(JsonObject definition, IReadOnlyList<Application> apps, List<string> notes)
    {
        foreach (var app in apps)
        {
            var set = app.Container.Objects("environment").Concat(app.Container.Objects("secrets"))
                .Select(variable => variable.Text("name")).ToHashSet(StringComparer.Ordinal);
            notes.AddRange(CompetingVariables.OfPeople.Where(variable => set.Contains(variable.Name)).Select(variable =>
                $"Container {app.Container.Text("name")} sets {variable.Name}: {variable.Effect}. "
                    + "The launcher does not start with it. Remove it."));
        }

        if (definition.Text("taskRoleArn") is null)
        {
            notes.Add("taskRoleArn is missing. The sidecar needs a task role: credential-sidecar generate iam prints its policies.");
        }

        foreach (var volume in definition.Objects("volumes").Where(UsesTaskRole))
        {
            notes.Add($"Volume {volume.Text("name")} authorizes with IAM, so the task role also needs "
                + "elasticfilesystem:ClientMount, which every container can then use.");
        }

        if (definition.Text("pidMode") == "task")
        {
            notes.Add("pidMode is task: containers of the same user can read each other's token.");
        }

        if (apps.Select(app => app.Directory).Distinct().Count() < apps.Select(app => app.Destination).Distinct().Count())
        {
            notes.Add("Containers with different destinations share a token, so each can read the other's session. "
                + "Configure Access:Clients to separate them.");
        }

        CheckMemory(definition, notes);
    }

    private static bool UsesTaskRole(JsonObject volume) =>
        (volume["efsVolumeConfiguration"] as JsonObject)?["authorizationConfig"].Text("iam") == "ENABLED";

    private static void CheckMemory(JsonObject definition, List<string> notes)
    {
        var reserved = definition.Objects("containerDefinitions")
            .Sum(container => Number(container, "memoryReservation") ?? Number(container, "memory") ?? 0);

        var cpu = definition.Objects("containerDefinitions").Sum(container => Number(container, "cpu") ?? 0);

        if (Number(definition, "cpu") is { } units && cpu > units)
        {
            notes.Add($"The containers have {cpu} CPU units and the task has {units}. Raise the task's cpu, or lower a container's.");
        }

        if (Number(definition, "memory") is { } limit && reserved > limit)
        {
            notes.Add($"The containers reserve {reserved} MiB and the task has {limit} MiB. Raise the task's memory.");
        }
    }

    // The memory of a task is text, that of a container a number.
    private static long? Number(JsonNode? node, string name) => node is not JsonObject json ? null
        : long.TryParse(json[name]?.ToString(), out var number) ? number : null;
}
