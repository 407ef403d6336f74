using System.Text.Json.Nodes;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>The containers of the sidecar's image in a task definition.</summary>
internal static class SidecarContainer
{
    public const string Name = "credential-sidecar";
    public const string InitName = "credential-sidecar-init";

    private static readonly string User = $"{FixedNames.SidecarUid}:{FixedNames.SidecarUid}";

    /// <summary>Adds the fields that are missing, so that what an operator changed stays.</summary>
    /// <param name="variables">All variables of the configuration.</param>
    public static void Complete(
        JsonObject container, string? image, IReadOnlyList<KeyValuePair<string, string>> variables,
        IEnumerable<SharedDirectory> mounts, JsonObject? logging, List<string> notes)
    {
        Set(container, "image", image);
        Default(container, "essential", true);
        Default(container, "user", User);
        Default(container, "cpu", 32);

        if (container["memory"] is null && container["memoryReservation"] is null)
        {
            container["memoryReservation"] = 64;
            container["memory"] = 192;
        }

        RemoveVariables(container, variables, notes);

        // A secret of the same name is the operator's choice, and ECS rejects a name that stands in both.
        foreach (var (name, value) in variables.Where(one => container.Objects("secrets").All(secret => secret.Text("name") != one.Key)))
        {
            SetVariable(container, name, value);
        }

        foreach (var (volume, path) in mounts)
        {
            Mount(container, volume, path, readOnly: false);
        }

        Default(container, "readonlyRootFilesystem", true);
        DropCapabilities(container);
        Default(container, "healthCheck", () => new JsonObject
        {
            ["command"] = JsonInput.ToJson(["CMD", $"/usr/local/bin/{FixedNames.Launcher}", "--check"]),
            ["interval"] = 5,
            ["timeout"] = 2,
            ["retries"] = 3,
            ["startPeriod"] = 60,
        });
        Default(container, "restartPolicy", () => new JsonObject
        {
            ["enabled"] = true,
            ["ignoredExitCodes"] = new JsonArray(ExitCodes.Configuration),
            ["restartAttemptPeriod"] = 60,
        });
        Default(container, "stopTimeout", 30);
        Log(container, logging);
    }

    /// <summary>The container that redirects users and ends before the sidecar starts.</summary>
    public static void CompleteInit(JsonObject container, string? image, IEnumerable<string> command, JsonObject? logging)
    {
        Set(container, "image", image);
        Default(container, "essential", false);
        Default(container, "user", "0");
        Default(container, "cpu", 32);
        Default(container, "memory", 64);
        container["command"] = JsonInput.ToJson(command);
        Default(container, "readonlyRootFilesystem", true);
        DropCapabilities(container).List("add").AddOnce("NET_ADMIN");
        Log(container, logging);
    }

    /// <summary>Mounts a volume, unless the container mounts it already.</summary>
    public static void Mount(JsonObject container, string volume, string path, bool readOnly)
    {
        if (!container.Objects("mountPoints").Any(mount => mount.Text("sourceVolume") == volume && mount.Text("containerPath") == path))
        {
            container.List("mountPoints").AddObject(new JsonObject
            {
                ["sourceVolume"] = volume,
                ["containerPath"] = path,
                ["readOnly"] = readOnly,
            });
        }
    }

    /// <summary>Lets the container wait, unless it waits already.</summary>
    public static void DependOn(JsonObject container, string other, string condition)
    {
        if (container.Objects("dependsOn").FirstOrDefault(one => one.Text("containerName") == other) is { } known)
        {
            known["condition"] = condition;
        }
        else
        {
            container.List("dependsOn").AddObject(new JsonObject { ["containerName"] = other, ["condition"] = condition });
        }
    }

    /// <summary>Lets the container start without the other one.</summary>
    public static void DoNotWait(JsonObject container, string other)
    {
        foreach (var known in container.Objects("dependsOn").Where(one => one.Text("containerName") == other).ToArray())
        {
            container.List("dependsOn").Remove(known);
        }
    }

    // They are of another configuration.
    private static void RemoveVariables(
        JsonObject container, IReadOnlyList<KeyValuePair<string, string>> variables, List<string> notes)
    {
        foreach (var variable in container.Objects("environment").ToArray())
        {
            if (variable.Text("name") is { } name && name.StartsWith(ShortNames.Prefix, StringComparison.Ordinal)
                && variables.All(one => one.Key != name))
            {
                container.List("environment").Remove(variable);
                notes.Add($"{name} is removed from container {Name}, because the configuration does not have it.");
            }
        }
    }

    private static void SetVariable(JsonObject container, string name, string value)
    {
        if (container.Objects("environment").FirstOrDefault(variable => variable.Text("name") == name) is { } known)
        {
            known["value"] = value;
        }
        else
        {
            container.List("environment").AddObject(new JsonObject { ["name"] = name, ["value"] = value });
        }
    }

    private static JsonObject DropCapabilities(JsonObject container)
    {
        var capabilities = Section(Section(container, "linuxParameters"), "capabilities");
        capabilities.List("drop").AddOnce("ALL");
        return capabilities;
    }

    private static JsonObject Section(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject section)
        {
            parent[name] = section = [];
        }

        return section;
    }

    private static void AddOnce(this JsonArray list, string word)
    {
        if (!list.Any(item => item is JsonValue value && value.TryGetValue<string>(out var text) && text == word))
        {
            list.Add((JsonNode)JsonValue.Create(word));
        }
    }

    private static void Log(JsonObject container, JsonObject? logging)
    {
        if (logging is not null)
        {
            Default(container, "logConfiguration", () => (JsonObject)logging.DeepClone());
        }
    }

    private static void Set(JsonObject container, string name, string? value)
    {
        if (value is not null)
        {
            container[name] = value;
        }
    }

    private static void Default(JsonObject container, string name, JsonNode value) => Default(container, name, () => value);

    private static void Default(JsonObject container, string name, Func<JsonNode> value)
    {
        if (container[name] is null)
        {
            container[name] = value();
        }
    }
}
