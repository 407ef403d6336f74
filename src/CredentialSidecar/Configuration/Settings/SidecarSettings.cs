using System.Collections.Immutable;
using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Rules;

namespace CredentialSidecar.Configuration.Settings;

/// <summary>The configuration after every check: what the rest of the program works with.</summary>
/// <param name="Options">What the operator wrote, for <c>validate</c> and for the comparison of two configurations.</param>
/// <param name="Region">Null if it comes from task metadata.</param>
/// <param name="Sts">How STS is reached.</param>
/// <param name="Metadata">The task's metadata, version 4.</param>
internal sealed record SidecarSettings(
    SidecarOptions Options,
    SourceSettings Source,
    string? Region,
    StsSettings Sts,
    Uri? Metadata)
{
    /// <summary>By ascending name.</summary>
    public required ImmutableArray<DestinationSettings> Destinations { get; init; }

    public required AccessSettings Access { get; init; }

    /// <summary>Who may read; empty where everybody may.</summary>
    public IReadOnlyList<ClientSettings> Clients => Access is { Clients: var clients } ? clients : [];

    public required ListenSettings Listen { get; init; }

    public required HealthSettings Health { get; init; }

    public required ControlSettings Control { get; init; }

    public required RefreshSettings Refresh { get; init; }

    public required WallSettings Wall { get; init; }

    public required AuditSettings Audit { get; init; }

    public required PassthroughSettings Passthrough { get; init; }

    public required LoggingSettings Logging { get; init; }

    /// <summary>Turns a path into the key as the operator wrote it, for later messages.</summary>
    public Func<string, string> NameOf { get; init; } = path => path;

    /// <summary>The users whose connections to the ECS agent the sidecar answers, by ascending uid.</summary>
    public IReadOnlyList<InterceptedUser> Intercepted => Interception.Users;

    public required InterceptionSettings Interception { get; init; }

    /// <summary>An address to put on loopback; empty for none.</summary>
    public string LinkLocalAddress { get; init; } = "";

    /// <summary>The OpenTelemetry variables, see <see cref="ExportRules"/>; null where nothing is exported.</summary>
    public IReadOnlyDictionary<string, string>? Export { get; init; }

    /// <summary>The token of the client that may read everything, if there is one.</summary>
    public string? Token => Clients.FirstOrDefault(client => client.Name == ClientSettings.Default)?.Token;

    /// <summary>What the pod's own placeholders stand for.</summary>
    public Placement Placement { get; init; } = Placement.Unknown;

    /// <summary>How long to go on serving after SIGTERM.</summary>
    public TimeSpan Drain { get; init; }

    /// <summary>Configured secrets: authorization tokens, and the keys of collectors.</summary>
    public IEnumerable<string> Secrets => Clients.Select(client => client.Token).Append(Source.Token)
        .Concat((Export ?? new Dictionary<string, string>())
            .Where(variable => variable.Key.EndsWith("_HEADERS", StringComparison.Ordinal))
            .SelectMany(variable => variable.Value.Split(','))
            .Select(header => header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..]))
        .OfType<string>();

    public IEnumerable<string> ExternalIds => Hops.Select(hop => hop.ExternalId).OfType<string>();

    /// <summary>The regions whose STS is called, each as often as a hop names it.</summary>
    public IEnumerable<string> Regions(TaskIdentity task) =>
        Hops.Select(hop => hop.Region ?? Region ?? task.Region).Append(Source.WebIdentity?.Region).OfType<string>();

    private IEnumerable<HopSettings> Hops => Destinations.SelectMany(destination => destination.Hops);

    /// <summary>Why the sidecar needs task metadata, as a clause; null if only session names use it.</summary>
    public string? TaskNeed => NeedsTaskRegion ? "The region comes only from task metadata (set AWS_REGION to avoid that)"
        : NeedsTaskFields ? "A tag or SourceIdentity has a placeholder whose value comes from task metadata" : null;

    private bool NeedsTaskFields => Metadata is not null && Hops
        .SelectMany(hop => hop.Tags.Select(tag => (string?)tag.Value).Append(hop.SourceIdentity))
        .Any(template => template is not null && Template.Used(template).Any(used => used is "{task_id}" or "{family}" or "{cluster}"));

    /// <summary>Whether a hop needs the region from task metadata.</summary>
    public bool NeedsTaskRegion =>
        Region is null && Metadata is not null && Hops.Any(hop => hop.Region is null);

    // The default would print secrets.
    public override string ToString() =>
        $"{Destinations.Length} {(Destinations.Length == 1 ? "destination" : "destinations")}, source {Source}";

    /// <summary>The role chains, with the values from task metadata.</summary>
    /// <exception cref="ConfigurationMistakesException">No region is known, or a role is in another partition than its region.</exception>
    public IReadOnlyList<RoleChain> Chains(TaskIdentity task)
    {
        var findings = new Findings { NameOf = NameOf };
        RegionRules.Check(Options, Region ?? task.Region, Sts, findings);
        TemplateRules.CheckValues(Options, Placement, Metadata is not null, task, findings);

        return findings.Mistakes.Count > 0
            ? throw new ConfigurationMistakesException(findings.Mistakes)
            : [.. Destinations.Select(destination => new RoleChain(destination.Name, HopsOf(destination, task), destination.Lazy))];
    }

    private Hop[] HopsOf(DestinationSettings destination, TaskIdentity task) =>
        [.. destination.Hops.Select(hop => hop.Fill(Region ?? task.Region, new TemplateValues(task, Placement, destination.Name)))];
}
