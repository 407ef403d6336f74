using System.Text;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Walks;

/// <summary>A page that a person follows in a shell: blocks of commands, and the output that the page shows below each.</summary>
internal static partial class WalkPage
{
    private const string Mark = "@@ end of block ";

    /// <param name="page">Below docs.</param>
    /// <param name="heading">The section to follow.</param>
    public static IReadOnlyList<Block> Read(string page, string heading)
    {
        var text = File.ReadAllText(Repository.File("docs", page));
        var from = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"{page} has no section {heading}");
        var end = text.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        var blocks = new List<Block>();

        foreach (Match fence in Fences().Matches(end < 0 ? text[from..] : text[from..end]))
        {
            var (language, body) = (fence.Groups["language"].Value, fence.Groups["body"].Value);

            if (language == "sh")
            {
                blocks.Add(new Block(body, null));
            }
            else if (blocks is [.., { Shown: null } last] && !body.StartsWith("aws ", StringComparison.Ordinal))
            {
                blocks[^1] = last with { Shown = body };
            }
        }

        return blocks;
    }

    /// <summary>Runs every block in one shell, and compares the output of each with what the page shows.</summary>
    /// <param name="before">What the shell runs first.</param>
    /// <param name="change">Replaces what differs here, in commands and in outputs.</param>
    public static async Task FollowAsync(
        IReadOnlyList<Block> blocks, string before, Func<string, string> change, IReadOnlyDictionary<string, string?> environment)
    {
        var script = new StringBuilder($"exec 2>&1\n{before}\necho '{Mark}'\n");

        foreach (var block in blocks)
        {
            script.Append(change(block.Commands)).Append($"\necho '{Mark}'\n");
        }

        var ended = await ChildProcess.RunAsync("bash", ["-c", script.ToString()], environment, TimeSpan.FromMinutes(8));
        var outputs = $"{ended.Output}\n".Split($"{Mark}\n")[1..];

        foreach (var (index, block) in blocks.Index())
        {
            var output = index < outputs.Length ? outputs[index] : "(the shell ended before)";

            // A build says what it likes.
            if (!block.Commands.Contains("dotnet build", StringComparison.Ordinal))
            {
                Assert.True(Same(change(block.Shown ?? ""), output), $"{block.Commands}\nshows:\n{block.Shown}\nprinted:\n{output}");
            }
        }
    }

    private static bool Same(string shown, string printed) => Plain(shown) == Plain(printed);

    private static string Plain(string text) => Random().Replace(text, "*").Trim();

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    // Ids of sessions, users and tasks.
    [GeneratedRegex("[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|AROA[A-Z0-9]{12,}")]
    private static partial Regex Random();

    /// <param name="Shown">The output on the page; null for none.</param>
    internal sealed record Block(string Commands, string? Shown);
}
