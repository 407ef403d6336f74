using System.Text.RegularExpressions;

namespace CredentialSidecar.Chains;

/// <summary>Values of session tags from a template, so that a policy can tell tasks apart (ABAC).</summary>
internal static partial class TagValueTemplate
{
    /// <summary>The limit of STS.</summary>
    public const int Longest = 256;

    /// <summary>Whether the text outside the placeholders is valid for STS.</summary>
    public static bool IsValid(string template) => Template.Around(template) is { Length: <= Longest } around && !Foreign().IsMatch(around);

    public static string Fill(string template, TemplateValues values) => Template.Fill(template, values.Of, Longest, Foreign());

    [GeneratedRegex(@"[^\p{L}\p{Z}\p{N}_.:/=+\-@]")]
    private static partial Regex Foreign();
}
