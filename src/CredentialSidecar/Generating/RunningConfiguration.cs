using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Shared;

namespace CredentialSidecar.Generating;

/// <summary>The configuration as the sidecar will have it in the task: its settings, and the variables that carry it.</summary>
/// <param name="Notes">What was left out, and why.</param>
internal sealed record RunningConfiguration(
    SidecarSettings Settings, IReadOnlyList<KeyValuePair<string, string>> Variables, IReadOnlyList<string> Notes)
{
    /// <summary>Where the image has its shared directory.</summary>
    public const string SharedDirectory = "/credential-sidecar";

    private const string Prefix = "SIDECAR_";

    // Tokens never stand in generated files, and a laptop's source is not the task's.
    private static readonly string[] LeftOut =
    [
        ShortNames.Config, ShortNames.ConfigFile, "SIDECAR_TOKEN", "SIDECAR_TOKEN_FILE", "SIDECAR_SOURCE_ENDPOINT", "SIDECAR_SHARED_DIR",
    ];

    /// <param name="file">A JSON file with the configuration, named on the command line.</param>
    /// <exception cref="ConfigurationMistakesException">The configuration has mistakes.</exception>
    /// <exception cref="InputException">It stands in two places at once.</exception>
    public static RunningConfiguration Load(ProcessEnvironment environment, string? file)
    {
        var notes = new List<string>();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);

        foreach (var (name, value) in environment.All.Where(one => one.Value.Length > 0).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                continue;
            }

            if (!LeftOut.Contains(name) && !name.StartsWith("SIDECAR_Source__", StringComparison.OrdinalIgnoreCase)
                && !name.EndsWith("__Token", StringComparison.OrdinalIgnoreCase))
            {
                variables[name] = value;
            }
            else if (name.Contains("TOKEN", StringComparison.OrdinalIgnoreCase))
            {
                notes.Add($"{name} is left out: the sidecar generates a token in the task.");
            }
        }

        var hasDrain = variables.ContainsKey("SIDECAR_DRAIN");
        var hasClients = variables.Keys.Any(name => name.StartsWith("SIDECAR_Access__Clients__", StringComparison.OrdinalIgnoreCase));

        if (Written(environment, file) is { } json)
        {
            hasDrain |= Key(json, nameof(SidecarOptions.Drain)) is not null;
            hasClients |= json[Key(json, "Access") ?? "Access"] is JsonObject access && Key(access, "Clients") is not null;
            Strip(json, notes);

            if (json.Count > 0)
            {
                variables[ShortNames.Config] = JsonInput.Write(json, indented: false);
            }
        }

        if (!hasClients)
        {
            variables["SIDECAR_SHARED_DIR"] = SharedDirectory;
        }

        // The platform stops the application before the sidecar, because the application depends on it.
        if (!hasDrain)
        {
            variables["SIDECAR_DRAIN"] = "0s";
        }

        var settings = SettingsLoader.Load(new ProcessEnvironment(variables.Concat(OfTask))).Settings;
        return new RunningConfiguration(settings, [.. variables], notes);
    }

    // What ECS sets in each container. No address of them is called.
    private static readonly KeyValuePair<string, string>[] OfTask =
    [
        new(CompetingVariables.RelativeUri, "/v2/credentials/generate"),
        new("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/generate"),
    ];

    private static JsonObject? Written(ProcessEnvironment environment, string? file)
    {
        var path = file ?? environment[ShortNames.ConfigFile];
        var inline = environment[ShortNames.Config];

        if (path is not null && inline is not null)
        {
            throw new InputException($"The configuration stands in {path} and in {ShortNames.Config}. "
                + $"Unset {ShortNames.Config}, or give no file: a task definition has one place for it.");
        }

        var json = path is not null ? JsonInput.Read(path)
            : inline is not null ? JsonInput.Parse(ShortNames.Config, inline)
            : null;
        return json is null or JsonObject ? (JsonObject?)json
            : throw new InputException($"{path ?? ShortNames.Config} is not a JSON object.");
    }

    private static void Strip(JsonObject json, List<string> notes)
    {
        if (Key(json, "Source") is { } source)
        {
            json.Remove(source);
            notes.Add("Source is left out: in the task, the source is the task role.");
        }

        // The image has one path for it.
        if (Key(json, "SharedDirectory") is { } shared)
        {
            json.Remove(shared);
        }

        if (Key(json, "Access") is { } key && json[key] is JsonObject access)
        {
            RemoveToken(access, "Access", notes);

            foreach (var (name, client) in Key(access, "Clients") is { } clients ? access[clients] as JsonObject ?? [] : [])
            {
                RemoveToken(client as JsonObject ?? [], $"Access:Clients:{name}", notes);
            }

            if (access.Count == 0)
            {
                json.Remove(key);
            }
        }
    }

    private static void RemoveToken(JsonObject section, string path, List<string> notes)
    {
        foreach (var name in new[] { "Token", "TokenFile" })
        {
            if (Key(section, name) is { } key)
            {
                section.Remove(key);
                notes.Add($"{path}:{name} is left out: the sidecar generates a token in the task.");
            }
        }
    }

    // Keys may be written in any case.
    private static string? Key(JsonObject json, string name) =>
        json.Select(pair => pair.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));
}
