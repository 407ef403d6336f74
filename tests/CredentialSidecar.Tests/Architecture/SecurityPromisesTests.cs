using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using CredentialSidecar.Tests.Configuration;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>SECURITY.md names a test for each promise; a test that was renamed or removed breaks the promise.</summary>
public sealed partial class SecurityPromisesTests
{
    public static TheoryData<string> Named =>
        [.. Names().Matches(File.ReadAllText(Repository.File("SECURITY.md"))).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Named))]
    public void A_promise_names_a_test_that_exists(string name)
    {
        var (type, method) = (name.Split('.')[0], name.Split('.').ElementAtOrDefault(1));
        var files = Directory.EnumerateFiles(Repository.File("tests"), $"{type}.cs", SearchOption.AllDirectories).ToArray();

        Assert.True(files.Length > 0, $"no {type}.cs");
        Assert.True(
            method is null || files.Any(file => File.ReadAllText(file).Contains($" {method}(", StringComparison.Ordinal)),
            $"{type} has no {method}");
    }

    [Fact]
    public void There_are_promises() => Assert.True(Named.Count > 20);

    [GeneratedRegex(@"`(\w+Tests(?:\.\w+)?)`")]
    private static partial Regex Names();
}
