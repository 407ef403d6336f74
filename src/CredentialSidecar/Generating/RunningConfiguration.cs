using System.Globalization;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
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

    /// <param name="file">A JSON file with the configuration, named on the command line.</param>
    /// <exception cref="ConfigurationMistakesException">The configuration has mistakes.</exception>
    /// <exception cref="InputException">It stands in two places at once.</exception>
    public static RunningConfiguration Load(ProcessEnvironment environment, string? file)
    {
        var notes = new List<string>();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);

        foreach (var (name, value) in ShortNames.Ours(environment))
        {
            if (LeftOut.Why(ShortNames.PathOf(name)) is { } why)
            {
                notes.Add($"{name} is left out: {why}.");
            }
            else
            {
                variables[name] = value;
            }
        }

        var hasDrain = variables.ContainsKey("SIDECAR_DRAIN");
        var hasClients = variables.Keys.Any(name => name.StartsWith("SIDECAR_Access__Clients__", StringComparison.OrdinalIgnoreCase));

        if (Written(environment, file) is { } json)
        {
            hasDrain |= Has(json, "Drain");
            hasClients |= Has(json, "Access:Clients");
            LeftOut.Remove(json, notes);

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

        // The health check reads this variable and no file.
        if (settings.Health.Port != FixedNames.HealthPort && !variables.ContainsKey("SIDECAR_HEALTH_PORT"))
        {
            foreach (var name in variables.Keys.Where(name => ShortNames.PathOf(name).Equals("Health:Port",
                StringComparison.OrdinalIgnoreCase)))
            {
                variables.Remove(name);
            }

            variables["SIDECAR_HEALTH_PORT"] = settings.Health.Port.ToString(CultureInfo.InvariantCulture);
        }

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

    // Keys may be written in any case, and with the path in one key.
    private static bool Has(JsonObject json, string path) => json.Any(pair =>
        pair.Key.Equals(path, StringComparison.OrdinalIgnoreCase)
        || pair.Key.StartsWith($"{path}:", StringComparison.OrdinalIgnoreCase)
        || (path.StartsWith($"{pair.Key}:", StringComparison.OrdinalIgnoreCase) && pair.Value is JsonObject inner
            && Has(inner, path[(pair.Key.Length + 1)..])));
}
