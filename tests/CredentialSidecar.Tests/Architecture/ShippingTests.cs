using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>Versions that stand in more than one file, because each is read by a tool that cannot read the others.</summary>
public sealed partial class ShippingTests
{
    private static readonly string Version = VersionElement().Match(Read("Directory.Build.props")).Groups[1].Value;

    // global.json allows no other SDK, so an image that holds another one ends the build.
    [Fact]
    public void The_image_is_built_by_the_SDK_of_global_json() => Assert.Contains(
        $"ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:{JsonNode.Parse(Read("global.json"))!["sdk"]!["version"]}-noble-aot\n",
        Read("Dockerfile"),
        StringComparison.Ordinal);

    [Fact]
    public void The_image_is_labelled_with_this_version() =>
        Assert.Contains($"ARG VERSION={Version}\n", Read("Dockerfile"), StringComparison.Ordinal);

    [Fact]
    public void Every_tag_that_is_written_down_is_of_this_version()
    {
        var samples = Directory.EnumerateFiles(Repository.File("samples", "ecs"), "*", SearchOption.AllDirectories);
        var tags = from file in samples.Concat(Directory.EnumerateFiles(Repository.File("docs"), "*.md"))
                   from Match tag in OwnTag().Matches(File.ReadAllText(file))
                   select (File: Path.GetFileName(file), Version: tag.Groups[1].Value);

        Assert.NotEmpty(tags);
        Assert.DoesNotContain(tags, tag => tag.Version != Version);
    }

    // A tag can be moved to other code; a commit cannot.
    [Fact]
    public void Workflows_name_each_action_by_its_commit_and_give_no_right_to_all_jobs()
    {
        var workflows = Directory.EnumerateFiles(Repository.File(".github", "workflows"), "*.yml").Select(File.ReadAllText).ToArray();
        var uses = workflows.SelectMany(text => Uses().Matches(text)).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.Matches(@"^(\./\.github/workflows/[a-z]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$", use));
        Assert.All(workflows, text => Assert.Contains("\npermissions: {}\n", text, StringComparison.Ordinal));
    }

    // A package of the tests' own may ask for a later version of what the sidecar is built from.
    [Theory]
    [InlineData("CredentialSidecar.Tests")]
    [InlineData("CredentialSidecar.Conformance")]
    public void The_tests_run_the_very_packages_that_ship(string project)
    {
        var tested = Locked(Path.Combine("tests", project));
        Assert.All(
            Locked(Path.Combine("src", "CredentialSidecar")),
            package => Assert.Equal(package.Value, tested.GetValueOrDefault(package.Key)));
    }

    // All but the analyzers, which nothing else takes over.
    private static Dictionary<string, string?> Locked(string project) =>
        JsonNode.Parse(Read(Path.Combine(project, "packages.lock.json")))!["dependencies"]!["net10.0"]!.AsObject()
        .Where(package => !package.Key.EndsWith("Analyzers", StringComparison.Ordinal) && package.Key != "Microsoft.NET.ILLink.Tasks")
        .ToDictionary(package => package.Key, package => (string?)package.Value!["contentHash"]);

    private static string Read(string file) => File.ReadAllText(Repository.File(file));

    [GeneratedRegex(@"\buses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex("<Version>(.+?)</Version>")]
    private static partial Regex VersionElement();

    [GeneratedRegex(@"/credential-sidecar:(\d+\.\d+\.\d+)")]
    private static partial Regex OwnTag();
}
