using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Generating;

/// <summary>What must hold before the sidecar is added to a task definition. Each failure says which flag helps.</summary>
internal static class TaskDefinitionChecks
{
    private static readonly string[] NotInAwsvpc = ["links", "extraHosts", "dnsServers", "dnsSearchDomains", "hostname"];

    /// <summary>Fails where containers of the task do not reach the sidecar.</summary>
    public static void Platform(JsonObject definition, TaskDefinitionRequest request, List<string> notes)
    {
        if (definition["runtimePlatform"].Text("operatingSystemFamily") is { } system
            && system.StartsWith("WINDOWS", StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException($"The task runs on {system}; the sidecar runs on Linux only.");
        }

        if (request.NetworkMode is { } wanted && definition.Text("networkMode") != wanted)
        {
            notes.Add($"networkMode is {wanted}, because --network-mode says so. It was {definition.Text("networkMode") ?? "not set"}. "
                + "A service or run-task needs a networkConfiguration for awsvpc.");
            definition["networkMode"] = wanted;
            ForAwsvpc(definition, wanted, notes);
        }

        var mode = definition.Text("networkMode");
        var kinds = definition.Words("requiresCompatibilities") ?? [];

        if (mode == "host" && kinds.Contains("FARGATE"))
        {
            throw new InputException("networkMode is host, which Fargate does not support. Use --network-mode awsvpc.");
        }

        if (mode is null or "bridge" or "none")
        {
            throw new InputException(
                $"networkMode is {(mode is null ? "not set, which means bridge" : mode)}. Its containers do not share 127.0.0.1, so they "
                + $"do not reach the sidecar. Add --network-mode {(kinds.Contains("EXTERNAL") ? "host" : "awsvpc")}.");
        }

        if (mode == "host")
        {
            notes.Add("networkMode is host: give each task on an instance its own SIDECAR_PORT and SIDECAR_HEALTH_PORT.");
        }

        if (request.Intercept && mode == "host")
        {
            throw new InputException("--mode intercept needs a network of the task's own. Use networkMode awsvpc, or the launcher.");
        }

        if (request.Intercept && kinds.Contains("FARGATE"))
        {
            throw new InputException(
                "--mode intercept needs NET_ADMIN, which Fargate does not give. Leave --mode out to use the launcher.");
        }
    }

    // ECS rejects these fields in awsvpc.
    private static void ForAwsvpc(JsonObject definition, string mode, List<string> notes)
    {
        foreach (var container in definition.Objects("containerDefinitions").Where(_ => mode == "awsvpc"))
        {
            var name = container.Text("name");

            foreach (var port in container.Objects("portMappings").Where(port => port.Remove("hostPort")))
            {
                notes.Add($"hostPort of port {port["containerPort"]} of container {name} is removed: in awsvpc it equals the container's.");
            }

            foreach (var field in NotInAwsvpc.Where(container.Remove))
            {
                notes.Add($"{field} of container {name} is removed: awsvpc does not support it.");
            }
        }
    }

    /// <summary>Fails where a flag names something that does not exist.</summary>
    public static void RequireNamedThings(JsonArray containers, TaskDefinitionRequest request, SidecarSettings settings)
    {
        var names = containers.Select(container => container.Text("name")!)
            .Where(name => name is not (SidecarContainer.Name or SidecarContainer.InitName)).ToArray();
        RequireNamedThings(names, request, settings);
    }

    /// <param name="names">The containers that there are; null if any name may be right.</param>
    public static void RequireNamedThings(string[]? names, TaskDefinitionRequest request, SidecarSettings settings)
    {
        var destinations = settings.Destinations.Select(destination => destination.Name).ToArray();

        foreach (var (name, destination) in request.Containers)
        {
            if (names is not null)
            {
                Require(names, name, "--container", "container", "The task definition");
            }
            else if (name == SidecarContainer.Name)
            {
                throw new InputException($"--container names {name}, which is the sidecar itself.");
            }

            Require(destinations, destination, $"--container {name}={destination}", "destination", "The configuration");
        }

        foreach (var name in request.Images.Keys.Concat(request.Clients.Keys).Where(name => !request.Containers.ContainsKey(name)))
        {
            throw new InputException($"A flag names container {name}, but no --container does. Add --container {name}=DESTINATION.");
        }
    }

    private static void Require(string[] known, string name, string flag, string what, string where)
    {
        if (!known.Contains(name, StringComparer.Ordinal))
        {
            var question = Nearest.Question(name, known);
            throw new InputException($"{flag}: {where} has no {what} {Shown.Quoted(name)}{(question.Length > 0 ? question : ".")} "
                + $"{(known.Length == 1 ? "It has" : "It has these:")} {string.Join(", ", known)}.");
        }
    }
}
