using System.Text.Json.Nodes;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Generating;

/// <summary>Values for the Helm chart, under the key that it has as a dependency.</summary>
internal static class HelmValues
{
    /// <exception cref="InputException">The chart does not support a destination.</exception>
    public static JsonObject Of(SidecarSettings settings, string? region, string? image)
    {
        if (settings.Destinations.FirstOrDefault(destination => destination.Hops.IsEmpty) is { } without)
        {
            throw new InputException($"Destination {without.Name} has no hops, which the chart does not support.");
        }

        var values = new JsonObject();

        if (image is not null)
        {
            values["image"] = Image(image);
        }

        values["region"] = region ?? settings.Region ?? throw new InputException("The chart needs a region. Add --region REGION.");
        values["destinations"] = new JsonObject(settings.Destinations
            .Select(destination => KeyValuePair.Create(destination.Name, (JsonNode?)Destination(destination))));
        ClientSettings[] clients = [.. settings.Clients.Where(client => client.Name != ClientSettings.Default)];

        if (clients.Length > 0)
        {
            values["clients"] = new JsonObject(clients.Select(client => KeyValuePair.Create(client.Name, (JsonNode?)new JsonObject
            {
                ["destinations"] = JsonInput.ToJson((client.Destinations ?? []).Order(StringComparer.Ordinal)),
            })));
        }

        return new JsonObject { ["credential-sidecar"] = values };
    }

    /// <summary>The sections of the configuration that the values do not have.</summary>
    public static string[] LeftOut(RunningConfiguration configuration)
    {
        string[] known = ["Destinations", "Access", "Region", "SharedDirectory", "Drain", "ROLE_ARN", "EXTERNAL_ID", "SESSION_NAME"];
        var sections = configuration.Variables.SelectMany(variable => variable.Key == ShortNames.Config
            ? ((JsonObject)JsonInput.Parse(variable.Key, variable.Value)).Select(pair => pair.Key)
            : [ShortNames.PathOf(variable.Key)]);
        return [.. sections.Select(path => path.Split(':')[0]).Except(known,
            StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
    }

    private static JsonObject Image(string image)
    {
        var (name, digest) = image.Split('@') is [var before, var after] ? (before, after) : (image, null);
        var tag = name.LastIndexOf(':') is var colon && colon > name.LastIndexOf('/') ? name[(colon + 1)..] : null;
        var json = new JsonObject { ["repository"] = tag is null ? name : name[..colon] };
        Add(json, "tag", digest is null ? tag : null);
        Add(json, "digest", digest);
        return json;
    }

    private static JsonObject Destination(DestinationSettings destination)
    {
        var json = new JsonObject { ["hops"] = new JsonArray([.. destination.Hops.Select(Hop)]) };

        if (destination.Lazy)
        {
            json["lazy"] = true;
        }

        return json;
    }

    private static JsonObject Hop(HopSettings hop)
    {
        var json = new JsonObject { ["roleArn"] = hop.Role.Text };
        Add(json, "externalId", hop.ExternalId);
        Add(json, "sessionName", hop.SessionName);
        Add(json, "sourceIdentity", hop.SourceIdentity);
        Add(json, "region", hop.Region);
        Add(json, "policy", hop.Policy);
        json["durationSeconds"] = (int)hop.Duration.TotalSeconds;

        if (!hop.Tags.IsEmpty)
        {
            json["tags"] = new JsonArray([.. hop.Tags.Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]);
        }

        if (!hop.TransitiveTagKeys.IsEmpty)
        {
            json["transitiveTagKeys"] = JsonInput.ToJson(hop.TransitiveTagKeys);
        }

        if (!hop.PolicyArns.IsEmpty)
        {
            json["policyArns"] = JsonInput.ToJson(hop.PolicyArns);
        }

        return json;
    }

    private static void Add(JsonObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
