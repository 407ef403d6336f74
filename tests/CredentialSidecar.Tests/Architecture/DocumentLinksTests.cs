using System.Text;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Architecture.Symbols;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>Every link of a page leads to a file, and to a heading of that file.</summary>
public sealed partial class DocumentLinksTests
{
    private static readonly string[] Folders = ["docs", "samples", "charts", "benchmarks"];

    [Fact]
    public void Every_link_between_pages_leads_somewhere() => Problems.AssertNone(
        from page in Pages()
        let text = CodeFences().Replace(File.ReadAllText(page), "")
        from Match link in Links().Matches(text)
        let target = link.Groups["target"].Value
        where !target.Contains("://", StringComparison.Ordinal)
        where Problem(page, target) is not null
        select $"{Path.GetRelativePath(Repository.File(), page)}: {target} {Problem(page, target)}");

    [Fact]
    public void Every_page_of_docs_is_linked_from_another_page()
    {
        var linked = Pages().SelectMany(page => Links().Matches(File.ReadAllText(page))
            .Select(link => link.Groups["target"].Value.Split('#')[0])
            .Where(target => target.EndsWith(".md", StringComparison.Ordinal) && !target.Contains("://", StringComparison.Ordinal))
            .Select(target => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, target)))
            .Where(target => target != page)).ToHashSet();
        var decisions = Repository.File("docs", "decisions");

        Problems.AssertNone(
            from page in Pages()
            where page.StartsWith(Repository.File("docs"), StringComparison.Ordinal)
            where !page.StartsWith(decisions, StringComparison.Ordinal) && !linked.Contains(page)
            select $"no page links to {Path.GetRelativePath(Repository.File(), page)}");
    }

    private static IEnumerable<string> Pages() => Directory.GetFiles(Repository.File(), "*.md")
        .Concat(Folders.SelectMany(folder => Directory.GetFiles(Repository.File(folder), "*.md", SearchOption.AllDirectories)));

    private static string? Problem(string page, string target)
    {
        var (file, anchor) = target.Split('#') is [var one, var two] ? (one, two) : (target, null);
        var path = file.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, file));
        return !File.Exists(path) && !Directory.Exists(path) ? "does not exist"
            : anchor is not null && !Anchors(path).Contains(anchor) ? "names no heading of that page"
            : null;
    }

    // As GitHub makes them: lower case, spaces to hyphens, and no punctuation.
    private static HashSet<string> Anchors(string path) =>
    [
        .. from Match heading in Headings().Matches(CodeFences().Replace(File.ReadAllText(path), ""))
           let words = heading.Groups["text"].Value.Trim().ToLowerInvariant()
           select words.Aggregate(new StringBuilder(), (anchor, c) => c == ' ' ? anchor.Append('-')
               : char.IsLetterOrDigit(c) || c is '-' or '_' ? anchor.Append(c) : anchor).ToString(),
    ];

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex("^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeFences();
}
