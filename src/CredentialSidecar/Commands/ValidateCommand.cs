using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar validate</c>: prints the configuration as it would be used, or every mistake in it. Asks nobody.</summary>
internal static class ValidateCommand
{
    private static readonly string[] Redacted = ["Token", "ExternalId"];

    public static int Run(string? file)
    {
        try
        {
            var (settings, warnings) = SettingsLoader.Load(ProcessEnvironment.Capture(), file);
            var effective = JsonSerializer.SerializeToNode(settings.Options, OptionsJson.Default.SidecarOptions)!;

            effective["Region"] = settings.Region;
            Redact(effective);
            Console.WriteLine(effective.ToJsonString(OptionsJson.Default.Options));
            Console.Error.WriteLine($"Source: {settings.Source}. STS: {settings.StsEndpoint?.GetLeftPart(UriPartial.Authority) ?? "of the region"}. Token: {(settings.Token is null ? "none asked for" : "set")}.");

            foreach (var warning in warnings)
            {
                Console.Error.WriteLine($"Warning: {warning}.");
            }

            return ExitCodes.Ok;
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes);
        }
    }

    private static void Redact(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject parent:
                foreach (var (key, value) in parent.ToArray())
                {
                    if (Redacted.Contains(key) && value is JsonValue secret)
                    {
                        parent[key] = $"(set, {secret.GetValue<string>().Length} characters)";
                    }
                    else
                    {
                        Redact(value);
                    }
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Redact(item);
                }

                break;
        }
    }
}
