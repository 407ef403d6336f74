using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>.ci/mutations takes out guards by their text, so a guard that changes must change there too.</summary>
public sealed partial class MutationTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Repository.File(".ci", "mutations"))
            .Where(line => Name().IsMatch(line))
            .Select(line => Bar().Split(line).Select(Unescaped).ToArray())
            .Where(parts => parts.Length == 4),
    ];

    public static TheoryData<string> Names => [.. Rows.Select(row => row[0])];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_text_of_each_guard_is_found_once(string name)
    {
        var row = Assert.Single(Rows, row => row[0] == name);
        var code = File.ReadAllText(Repository.File("src", "CredentialSidecar", row[1]));
        Assert.Equal(2, code.Split(row[2]).Length);
    }

    private static string Unescaped(string part) =>
        part.Replace("\\|", "|", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-z-]+\|")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();
}
