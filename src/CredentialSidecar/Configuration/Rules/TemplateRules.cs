using CredentialSidecar.Chains;
using CredentialSidecar.Configuration.Options;

namespace CredentialSidecar.Configuration.Rules;

/// <summary>Checks placeholders: that they exist, and that tags and identities never use one without a value.</summary>
internal static class TemplateRules
{
    // The length of the hash that replaces a value which does not fit.
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
        environment["POD_NAME"], environment["POD_NAMESPACE"], environment["POD_SERVICE_ACCOUNT"], environment["NODE_NAME"],
        environment.Hostname);

    /// <returns>Whether every placeholder exists.</returns>
    public static bool CheckNames(string? template, string path, Findings findings)
    {
        var unknown = template is null ? [] : Template.Unknown(template).ToArray();
        var near = unknown.SelectMany(name => Nearest.To(name, Template.Placeholders)).Distinct().ToArray();
        findings.Require(unknown.Length == 0, path,
            $"holds {Shown.Quoted(string.Join(' ', unknown))}; expected only "
            + $"{string.Join(' ', Template.Placeholders)}{Nearest.Question(near)}");
        return unknown.Length == 0;
    }

    /// <summary>A placeholder without enough room would be the same for every task, and policies depend on it.</summary>
    /// <param name="longest">The limit of STS.</param>
    public static void CheckRoom(string template, string path, int longest, Findings findings)
    {
        var (count, around) = (Template.Count(template), Template.Around(template).Length);
        findings.Require(around > longest || longest - around >= LeastRoom * count, path,
            $"has {around} characters around its placeholders, and STS accepts {longest}; leave at least {LeastRoom} for each placeholder");
    }

    /// <summary>A tag or an identity must not lack a placeholder's value, because policies depend on it.</summary>
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
                    findings.Wrong(path,
                        $"holds {placeholder}, but {variable} is not set; set it with the downward API, as the chart does");
                }
                else if (!hasMetadata || task is not null)
                {
                    findings.Wrong(path,
                        $"holds {placeholder} from task metadata, but "
                        + $"{(hasMetadata ? "task metadata has no value for it" : $"{Metadata} is not set; ECS sets it")}");
                }
            }
        }
    }
}
