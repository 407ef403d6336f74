using System.Text.RegularExpressions;

namespace CredentialSidecar.Chains;

/// <summary>Role session names from a template, so that CloudTrail in the other account names the task.</summary>
internal static partial class SessionNameTemplate
{
    /// <summary>Without <c>{destination}</c>, so that destinations with a common beginning share its nodes.</summary>
    public const string Default = "credential-sidecar-{task_id}";

    private const int Shortest = 2;
    private const int Longest = 64;

    public static IReadOnlyList<string> Placeholders { get; } = ["{task_id}", "{family}", "{cluster}", "{destination}"];

    /// <summary>Placeholders of the template that are none of ours.</summary>
    public static IEnumerable<string> Unknown(string template) =>
        Braces().Matches(template).Select(match => match.Value).Except(Placeholders, StringComparer.Ordinal);

    /// <summary>Whether what stands around the placeholders, or the whole where there is none, is fit for STS.</summary>
    public static bool IsValid(string template)
    {
        var around = Placeholders.Aggregate(template, (rest, placeholder) => rest.Replace(placeholder, "", StringComparison.Ordinal));
        var least = around.Length == template.Length ? Shortest : 0;
        return around.Length >= least && around.Length <= Longest && !Foreign().IsMatch(around);
    }

    /// <summary>Fills the template: 2 to 64 of <c>[\w+=,.@-]</c>, whatever the task is called.</summary>
    /// <remarks>A placeholder without a value goes, and so do the separators it leaves doubled or dangling.</remarks>
    public static string Fill(string template, TaskIdentity task, string destination)
    {
        var filled = template
            .Replace("{task_id}", task.TaskId, StringComparison.Ordinal)
            .Replace("{family}", task.Family, StringComparison.Ordinal)
            .Replace("{cluster}", task.Cluster, StringComparison.Ordinal)
            .Replace("{destination}", destination, StringComparison.Ordinal);

        var clean = filled == template ? filled : Doubled().Replace(Foreign().Replace(filled, "-"), "-").Trim('-');
        clean = Foreign().Replace(clean, "-");
        clean = clean.Length > Longest ? clean[..Longest] : clean;
        return clean.Length < Shortest ? "credential-sidecar" : clean;
    }

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"[^\w+=,.@-]", RegexOptions.ECMAScript)]
    private static partial Regex Foreign();

    [GeneratedRegex("-{2,}")]
    private static partial Regex Doubled();
}
