using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>docs/configuration.md says what there is to set, and nothing else.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Repository.File("docs", "configuration.md"));

    public static TheoryData<string, string> Settings
    {
        get
        {
            var options = OptionsJson.Default.SidecarOptions;
            return [.. Leaves(options, "", JsonSerializer.SerializeToNode(new SidecarOptions(), options))];
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_setting_has_a_row_with_its_variable_and_its_default(string key, string value)
    {
        var row = Assert.Single(Page.Split('\n'), line => line.StartsWith($"| `{key}` |", StringComparison.Ordinal));
        var cells = row.Split('|', StringSplitOptions.TrimEntries);

        Assert.Equal($"`{ShortNames.Prefix}{key.Replace(":", "__", StringComparison.Ordinal)}`", cells[2]);
        Assert.All(cells[3..6], cell => Assert.NotEmpty(cell));
        Assert.True(value.Length == 0 || cells[4] == $"`{value}`", $"The default of {key} is {value}, but the page says {cells[4]}.");
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_variable_of_a_row_is_read_as_that_setting(string key, string value)
    {
        var variable = (ShortNames.Prefix + key.Replace(":", "__", StringComparison.Ordinal))
            .Replace("{name}", "default", StringComparison.Ordinal)
            .Replace("{n}", "0", StringComparison.Ordinal);
        var environment = new ProcessEnvironment([KeyValuePair.Create(variable, value.Length > 0 ? value : "1")]);
        var layers = new ConfigurationLayers(environment, null, new Findings());
        var findings = new Findings();

        _ = new OptionsReader(layers, findings).Read();
        Assert.Empty(findings.Mistakes);
        Assert.NotEmpty(layers.Merge().Children);
    }

    [Fact]
    public void No_row_is_for_a_setting_that_is_gone() => Assert.Empty(
        Rows().Matches(Page).Select(match => match.Groups[1].Value).Except(Settings.Select(row => row.Data.Item1)));

    [Fact]
    public void Every_short_name_is_told() =>
        Assert.All(ShortNames.All, name => Assert.Contains($"| `{name}` |", Page, StringComparison.Ordinal));

    [Fact]
    public void Every_JSON_example_is_a_good_configuration()
    {
        var examples = JsonBlocks().Matches(Page).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, json => Assert.Empty(Loading.MistakesInJson(json)));
    }

    [Fact]
    public void Every_example_in_variables_is_a_good_configuration()
    {
        var examples = EnvironmentBlocks().Matches(Page).Select(match => match.Groups[1].Value.Trim().Split('\n')).ToArray();

        Assert.NotEmpty(examples);
        Assert.All(examples, lines =>
        {
            var variables = lines.Select(line => line.Split('=', 2)).Select(v => (v[0], (string?)v[1]));
            Assert.Empty(Loading.Mistakes([(Loading.Role, null), .. variables]));
        });
    }

    private static IEnumerable<TheoryDataRow<string, string>> Leaves(JsonTypeInfo type, string path, JsonNode? defaults)
    {
        foreach (var property in type.Properties)
        {
            var (key, value) = ($"{path}{property.Name}", (defaults as JsonObject)?[property.Name]);
            var (info, at) = Inside(type.Options.GetTypeInfo(property.PropertyType), key);

            if (info.Kind == JsonTypeInfoKind.Object)
            {
                var values = value is JsonObject { Count: > 0 }
                    ? value
                    : JsonSerializer.SerializeToNode(info.CreateObject!(), info);

                foreach (var leaf in Leaves(info, $"{at}:", values))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return new(at, value is JsonValue ? value.ToString() : "");
            }
        }
    }

    // The element of a list stands at {n}, that of a dictionary at {name}.
    private static (JsonTypeInfo Type, string Path) Inside(JsonTypeInfo type, string path) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => Inside(type.Options.GetTypeInfo(type.ElementType!), $"{path}:{{n}}"),
        JsonTypeInfoKind.Dictionary => Inside(type.Options.GetTypeInfo(type.ElementType!), $"{path}:{{name}}"),
        _ => (type, path),
    };

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z]+(?::[^`]+)?)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlocks();

    [GeneratedRegex("```env\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex EnvironmentBlocks();
}
