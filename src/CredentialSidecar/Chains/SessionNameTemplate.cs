using System.Text.RegularExpressions;

namespace CredentialSidecar.Chains;

/// <summary>Role session names from a template, so that CloudTrail in the other account names the task.</summary>
internal static partial class SessionNameTemplate
{
    /// <summary>Without <c>{destination}</c>, so that destinations with the same first hops share nodes.</summary>
    public const string Default = "credential-sidecar-{task_id}";

    /// <summary>The limit of STS.</summary>
    public const int Longest = 64;

    private const int Shortest = 2;

    /// <summary>Whether the text outside the placeholders is valid for STS.</summary>
    public static bool IsValid(string template)
    {
        var around = Template.Around(template);
        var least = around.Length == template.Length ? Shortest : 0;
        return around.Length >= least && around.Length <= Longest && !Foreign().IsMatch(around);
    }

    /// <summary>Fills the template: 2 to 64 of <c>[\w+=,.@-]</c>, whatever the task is called.</summary>
    public static string Fill(string template, TemplateValues values)
    {
        var filled = FillIdentity(template, values);
        return filled.Length < Shortest ? "credential-sidecar" : filled;
    }

    /// <summary>The same for a source identity, which has no default.</summary>
    public static string FillIdentity(string template, TemplateValues values) => Template.Fill(template, values.Of, Longest, Foreign());

    [GeneratedRegex(@"[^\w+=,.@-]", RegexOptions.ECMAScript)]
    private static partial Regex Foreign();
}
