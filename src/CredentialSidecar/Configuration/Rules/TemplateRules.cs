using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Placeholders: which there are, and that a policy never depends on one that has no value.</summary>
internal static class TemplateRules
{
    // As many as the hash that stands for a value which does not fit.
    private const int LeastRoom = 8;

    private const string Metadata = "ECS_CONTAINER_METADATA_URI_V4";

    // By the downward API; the chart sets them.
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["{pod}"] = "POD_NAME",
        ["{namespace}"] = "POD_NAMESPACE",
        ["{service_account}"] = "POD_SERVICE_ACCOUNT",
        ["{node}"] = "NODE_NAME",
    };

    public static Placement Find(ProcessEnvironment environment) => new(
        environment["POD_NAME"], environment["POD_NAMESPACE"], environment["POD_SERVICE_ACCOUNT"], environment["NODE_NAME"], environment.Hostname);

    /// <returns>Whether every placeholder exists.</returns>
    public static bool CheckNames(string? template, string path, Findings findings)
    {
        var unknown = template is null ? [] : Template.Unknown(template).ToArray();
        var near = unknown.SelectMany(name => Nearest.To(name, Template.Placeholders)).Distinct().ToArray();
        findings.Require(unknown.Length == 0, path, $"holds {Shown.Quoted(string.Join(' ', unknown))}; expected only {string.Join(' ', Template.Placeholders)}{Nearest.Question(near)}");
        return unknown.Length == 0;
    }

    /// <summary>A placeholder that the text around it crowds out would make every task the same, and policies decide by it.</summary>
    /// <param name="longest">The limit of STS.</param>
    public static void CheckRoom(string template, string path, int longest, Findings findings)
    {
        var (count, around) = (Template.Count(template), Template.Around(template).Length);
        findings.Require(around > longest || longest - around >= LeastRoom * count, path,
            $"has {around} characters around its placeholders, of {longest} that STS takes; leave at least {LeastRoom} for each placeholder");
    }

    /// <summary>A tag or an identity that lacks its value would be another one: policies decide by it.</summary>
    /// <param name="task">Null where task metadata has not been read yet.</param>
    public static void CheckValues(SidecarOptions options, Placement placement, bool hasMetadata, TaskIdentity? task, Findings findings)
    {
        foreach (var (name, destination) in options.Destinations.OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var values = new TemplateValues(task ?? TaskIdentity.Unknown, placement, name);

            foreach (var (i, hop) in destination.Hops.Index())
            {
                Check(hop.SourceIdentity, $"Destinations:{name}:Hops:{i}:SourceIdentity", values);

                foreach (var (j, tag) in hop.Tags.Index())
                {
                    Check(tag.Value, $"Destinations:{name}:Hops:{i}:Tags:{j}:Value", values);
                }
            }
        }

        void Check(string? template, string path, TemplateValues values)
        {
            foreach (var placeholder in template is null ? [] : Template.Used(template).Where(used => values.Of(used) is null or ""))
            {
                if (Variables.TryGetValue(placeholder, out var variable))
                {
                    findings.Wrong(path, $"holds {placeholder}, which {variable} would give, and that is not set; set it by the downward API, as the chart does");
                }
                else if (!hasMetadata || task is not null)
                {
                    findings.Wrong(path, $"holds {placeholder}, which task metadata gives, and {(hasMetadata ? "it did not tell" : $"{Metadata} is not set; ECS sets it")}");
                }
            }
        }
    }
}
