using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.EcsSamples;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>What is said in two places is the same in both.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Chart = Repository.File("charts", "credential-sidecar");
    private static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Chart, "values.schema.json")))!;

    [Fact]
    public void The_readme_names_every_value()
    {
        var named = Names().Matches(File.ReadAllText(Path.Combine(Chart, "README.md")))
            .SelectMany(match => (string[])[match.Groups[1].Value, match.Groups[1].Value.Split('.')[0]]).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], Values(Schema, "").Where(value => !named.Contains(value)));
    }

    [Fact]
    public void Every_default_is_one_that_the_schema_allows_by_name()
    {
        var defaults = Manifests.Documents(File.ReadAllText(Path.Combine(Chart, "values.yaml"))).Single().AsObject();

        Assert.Equal(
            Schema["properties"]!.AsObject().Select(property => property.Key).Except(["global"]).Order(StringComparer.Ordinal),
            defaults.Select(value => value.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_hop_has_the_settings_that_the_sidecar_knows()
    {
        var sidecar = JsonNode.Parse(File.ReadAllText(Repository.File("docs", "configuration.schema.json")))!;

        Assert.Equal(
            Hop(sidecar, "Destinations", "Hops").Select(property => property.Key).Order(StringComparer.OrdinalIgnoreCase),
            Hop(Schema, "destinations", "hops").Select(property => property.Key).Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Chart_and_samples_are_of_this_version()
    {
        var version = Version().Match(File.ReadAllText(Repository.File("Directory.Build.props"))).Groups[1].Value;
        var chart = Manifests.Documents(File.ReadAllText(Path.Combine(Chart, "Chart.yaml"))).Single();

        Assert.Equal((version, version), (chart["version"]!.GetValue<string>(), chart["appVersion"]!.GetValue<string>()));
        Assert.All(Sample.All, row =>
            Assert.EndsWith($"/credential-sidecar:{version}", Sample.Of(row.Data).Sidecar.Text("image"), StringComparison.Ordinal));
    }

    // Down to the values that are not objects with fixed names. Values below a name chosen by the operator share its row.
    private static IEnumerable<string> Values(JsonNode schema, string path) => schema["properties"]!.AsObject()
        .Where(property => property.Key != "global")
        .SelectMany(property => property.Value!["properties"] is null
            ? [path + property.Key]
            : Values(property.Value, $"{path}{property.Key}."));

    private static JsonObject Hop(JsonNode schema, string destinations, string hops) =>
        schema["properties"]![destinations]!["additionalProperties"]!["properties"]![hops]!["items"]!["properties"]!.AsObject();

    [GeneratedRegex(@"`([A-Za-z]+(?:\.[A-Za-z]+)*)(?:\[\])?(?=[`.])")]
    private static partial Regex Names();

    [GeneratedRegex("<Version>(.+?)</Version>")]
    private static partial Regex Version();
}
