using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Configuration.Rules;
using CredentialSidecar.Configuration.Settings;

namespace CredentialSidecar.Configuration;

/// <summary>Turns the environment and the files it names into checked settings, or reports every mistake.</summary>
internal static class SettingsLoader
{
    /// <param name="file">A JSON file named on the command line; wins over <c>SIDECAR_CONFIG_FILE</c>.</param>
    /// <exception cref="ConfigurationMistakesException">Something is wrong; it holds all of it.</exception>
    public static (SidecarSettings Settings, IReadOnlyList<Mistake> Warnings) Load(ProcessEnvironment environment, string? file = null)
    {
        var findings = new Findings();
        var layers = new ConfigurationLayers(environment, file, findings);
        var options = new OptionsReader(layers, findings).Read();

        var destinations = DestinationRules.Find(options, findings);
        var (listen, health) = ListenRules.Find(options, environment, findings);
        var control = ControlRules.Find(options, findings);
        var refresh = RefreshRules.Find(options, destinations, findings);
        var intercepted = InterceptionRules.Check(options, findings);
        var access = AccessRules.Find(options, findings);
        DestinationRules.CheckReaders(options, access, intercepted, findings);
        var passthrough = PassthroughRules.Find(options, access.Clients, findings);
        var wall = WallRules.Find(options, findings);
        var audit = WallRules.FindAudit(options, findings);
        var source = SourceRules.Find(options, environment, findings);
        InterceptionRules.CheckSource(options, source, findings);
        var metadata = HttpAddress.Read("ECS_CONTAINER_METADATA_URI_V4", environment["ECS_CONTAINER_METADATA_URI_V4"], findings,
            example: "http://169.254.170.2/v4/…, as ECS sets it");
        var region = RegionRules.Find(options, environment, findings);

        var sts = StsRules.Find(options, environment, findings);
        WebIdentityRules.CheckSts(source, sts, findings);

        // What only task metadata can tell is checked once it has.
        if (region is not null || metadata is null)
        {
            RegionRules.Check(options, region, sts, findings);
        }

        var placement = TemplateRules.Find(environment);
        TemplateRules.CheckValues(options, placement, metadata is not null, task: null, findings);
        var export = ExportRules.Find(environment, findings);
        var settings = new SidecarSettings(options, source, region, sts, metadata)
        {
            Access = access,
            Listen = listen,
            Health = health,
            Control = control,
            Refresh = refresh,
            Wall = wall,
            Audit = audit,
            Passthrough = passthrough,
            Logging = new LoggingSettings(options.Logging.Level, options.Logging.Format),
            NameOf = findings.NameOf,
            Destinations = destinations,
            Drain = options.Drain,
            LinkLocalAddress = options.Networking.LinkLocalAddress,
            Interception = new InterceptionSettings(
                [.. intercepted], options.Interception.SidecarUid, options.Interception.Guard, options.Interception.BlockImds),
            Export = export,
            Placement = placement,
        };

        return findings.Mistakes.Count == 0 ? (settings, findings.Warnings) : throw new ConfigurationMistakesException(findings.Mistakes);
    }
}
