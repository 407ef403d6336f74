namespace CredentialSidecar.Configuration;

/// <summary>From the environment and the files it names to checked settings, or to every mistake in them.</summary>
internal static class SettingsLoader
{
    /// <param name="file">A JSON file named on the command line; wins over <c>SIDECAR_CONFIG_FILE</c>.</param>
    /// <exception cref="ConfigurationMistakesException">Something is wrong; it holds all of it.</exception>
    public static (SidecarSettings Settings, IReadOnlyList<Mistake> Warnings) Load(ProcessEnvironment environment, string? file = null)
    {
        var findings = new Findings();
        using var layers = new ConfigurationLayers(environment, file, findings);
        var options = new OptionsReader(layers, findings).Read();

        DestinationRules.Check(options, layers, findings);
        ListenRules.Check(options, layers, findings);
        var token = AccessRules.ReadToken(options, layers, findings);
        var source = SourceRules.Find(options, environment, layers, findings);
        var metadata = Address("ECS_CONTAINER_METADATA_URI_V4");
        var region = options.Region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];

        findings.Require(
            region is not null || metadata is not null || options.Destinations.Values.All(d => d.Hops.TrueForAll(hop => hop.Region is not null)),
            "AWS_REGION", "is not set, and there is no task metadata to read it from; set it to the region whose STS is to be asked");

        var settings = new SidecarSettings(options, source, token, region, Address("AWS_ENDPOINT_URL_STS") ?? Address("AWS_ENDPOINT_URL"), metadata);

        if (region is not null && findings.Mistakes.Count == 0)
        {
            // Nothing but the names depends on task metadata then, so what is wrong shows before anything is asked.
            _ = settings.Chains(Chains.TaskIdentity.Unknown);
        }

        return findings.Mistakes.Count == 0 ? (settings, findings.Warnings) : throw new ConfigurationMistakesException(findings.Mistakes);

        Uri? Address(string name)
        {
            var valid = Uri.TryCreate(environment[name], UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
            findings.Require(valid || environment[name] is null, name, $"is '{environment[name]}', expected an http or https address");
            return valid ? uri : null;
        }
    }
}
