using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar validate</c>: prints the configuration as it would be used, or every mistake in it. Asks nobody.</summary>
internal static class ValidateCommand
{
    private static readonly string[] Redacted = ["Token", "ExternalId"];

    // A role called a+b should not be printed as a\u002Bb; nothing here becomes HTML.
    private static readonly JsonSerializerOptions Readable = ReadableJson.Of(OptionsJson.Default.Options);

    public static int Run(ProcessEnvironment environment, string? file, TextWriter output, TextWriter error)
    {
        try
        {
            var (settings, warnings) = SettingsLoader.Load(environment, file);
            var endpoints = StsEndpoints.Resolve(settings, TaskIdentity.Unknown).Select(uri => uri.GetLeftPart(UriPartial.Authority)).ToArray();
            settings.Options.Region = settings.Region;

            var effective = JsonSerializer.SerializeToNode(settings.Options, OptionsJson.Default.SidecarOptions)!;
            Redact(effective);
            output.WriteLine(effective.ToJsonString(Readable));
            error.WriteLine($"Source: {settings.Source}. STS: {(endpoints.Length > 0 ? string.Join(", ", endpoints) : settings.NeedsTaskRegion ? "of the task's region" : "not called")}{(settings.Sts.Proxy is { } proxy ? $" by the proxy {proxy} of {proxy.Variable}" : "")}. {Clients(settings)}.");

            foreach (var warning in warnings)
            {
                error.WriteLine($"Warning: {warning}.");
            }

            return ExitCodes.Ok;
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes, error);
        }
    }

    private static string Clients(SidecarSettings settings) => settings.Clients.Count == 0
        ? "Token: none asked for"
        : string.Join(". ", settings.Clients.Select(client => $"Client {client.Name}: token {(client.Origin == TokenOrigin.Generated ? "made at start" : "set")}, reads {(client.Destinations is null ? "everything" : string.Join(", ", client.Destinations.Order(StringComparer.Ordinal)))}"));

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
