using System.Text.Json.Nodes;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>A compose file to lay over an application's own: the sidecar, and each service in its network namespace.</summary>
internal static class ComposeFile
{
    // From the shell, so that no key is written to a file.
    private static readonly string[] FromShell =
    [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
    ];

    /// <exception cref="InputException">The words of a service are unknown.</exception>
    public static JsonObject Of(TaskDefinitionRequest request, RunningConfiguration configuration)
    {
        TaskDefinitionChecks.RequireNamedThings((string[]?)null, request, configuration.Settings);
        var volumes = new SharedVolumes(configuration.Settings, request.Clients);
        var environment = new JsonObject { ["SIDECAR_Source__Kind"] = "Default" };

        foreach (var (name, value) in configuration.Variables)
        {
            // Compose replaces variables in values.
            environment[name] = value.Replace("$", "$$", StringComparison.Ordinal);
        }

        foreach (var name in FromShell)
        {
            environment[name] = $"${{{name}:-}}";
        }

        var services = new JsonObject
        {
            [SidecarContainer.Name] = new JsonObject
            {
                ["image"] = request.Image,
                ["environment"] = environment,
                ["volumes"] = JsonInput.ToJson(volumes.All.Select(one => $"{one.Volume}:{one.Path}")),
                ["healthcheck"] = new JsonObject
                {
                    ["test"] = JsonInput.ToJson(["CMD", $"/usr/local/bin/{FixedNames.Launcher}", "--check"]),
                    ["interval"] = "2s",
                    ["timeout"] = "5s",
                    ["retries"] = 60,
                },
                ["cap_drop"] = JsonInput.ToJson(["ALL"]),
                ["read_only"] = true,
            },
        };

        foreach (var (name, destination) in request.Containers)
        {
            var directory = volumes.Of(name, destination);
            var words = ProgramWords.Of([], name, request.Images.GetValueOrDefault(name, ImageFacts.Unknown));
            services[name] = new JsonObject
            {
                ["network_mode"] = $"service:{SidecarContainer.Name}",
                ["depends_on"] = new JsonObject { [SidecarContainer.Name] = new JsonObject { ["condition"] = "service_healthy" } },
                ["entrypoint"] = JsonInput.ToJson([$"{directory.Path}/{FixedNames.Launcher}", "--destination", destination, "--"]),
                ["command"] = JsonInput.ToJson(words.Select(word => word.Replace("$", "$$", StringComparison.Ordinal))),
                ["volumes"] = JsonInput.ToJson([$"{directory.Volume}:{directory.Path}:ro"]),
            };
        }

        return new JsonObject
        {
            ["services"] = services,
            ["volumes"] = new JsonObject(volumes.All.Select(one => KeyValuePair.Create(one.Volume, (JsonNode?)new JsonObject()))),
        };
    }
}
