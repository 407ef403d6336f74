using System.Text.Json;
using System.Text.Json.Nodes;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Sources;

namespace CredentialSidecar.Commands;

/// <summary><c>credential-sidecar validate</c>: prints the effective configuration, or every mistake in it. Makes no AWS calls.</summary>
internal static class ValidateCommand
{
    private static readonly string[] Redacted = ["Token", "ExternalId"];

    // Print a role named a+b as a+b, not as a\u002Bb. The output is not HTML.
    private static readonly JsonSerializerOptions Readable = ReadableJson.Of(OptionsJson.Default.Options);

    public static int Run(ProcessEnvironment environment, string? file, TextWriter output, TextWriter error)
    {
        try
        {
            var (settings, warnings) = SettingsLoader.Load(environment, file);
            var endpoints = StsEndpoints.Resolve(settings.Sts, settings.Regions(TaskIdentity.Unknown))
                .Select(uri => uri.GetLeftPart(UriPartial.Authority))
                .ToArray();

            var effective = JsonSerializer.SerializeToNode(settings.Options, OptionsJson.Default.SidecarOptions)!;
            Complete(effective.AsObject(), settings);
            Redact(effective);
            output.WriteLine(effective.ToJsonString(Readable));
            var sts = endpoints.Length > 0 ? string.Join(", ", endpoints)
                : settings.NeedsTaskRegion ? "of the task's region"
                : "not called";
            var through = settings.Sts.Proxy is { } proxy ? $" through the proxy {proxy} of {proxy.Variable}" : "";
            error.WriteLine($"Source: {settings.Source}. STS: {sts}{through}. {Clients(settings)}.");

            foreach (var warning in warnings)
            {
                error.WriteLine($"Warning: {warning}.");
            }

            return ExitCodes.Ok;
        }
        catch (ConfigurationMistakesException e)
        {
            return MistakesPrinter.Print(e.Mistakes, error, "the sidecar would not start");
        }
    }

    private static string Clients(SidecarSettings settings) => settings.Clients.Count == 0
        ? "Token: not required"
        : string.Join(". ", settings.Clients.Select(Described));

    private static string Described(ClientSettings client)
    {
        var token = client.Origin switch
        {
            TokenOrigin.None => "no token",
            TokenOrigin.Generated => "token generated at start",
            _ => "token configured",
        };
        var uids = client.Uids is { } own ? $", uid {string.Join(", ", own.Order())}" : "";
        var reads = client.Destinations is { } names ? string.Join(", ", names.Order(StringComparer.Ordinal)) : "all destinations";
        return $"Client {client.Name}: {token}{uids}, may read {reads}";
    }

    /// <summary>Shows the region and the durations that are used, which may differ from what was written.</summary>
    private static void Complete(JsonObject effective, SidecarSettings settings)
    {
        if (settings.Region is { } region)
        {
            effective.Remove("Region");
            effective.Insert(1, "Region", region);
        }

        foreach (var destination in settings.Destinations)
        {
            foreach (var (i, hop) in destination.Hops.Index())
            {
                effective["Destinations"]![destination.Name]!["Hops"]![i]!["DurationSeconds"] = (int)hop.Duration.TotalSeconds;
            }
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
