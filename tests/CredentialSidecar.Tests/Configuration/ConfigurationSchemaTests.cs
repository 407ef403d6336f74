using System.Text.Json.Nodes;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>What editors know of the configuration is what the sidecar reads.</summary>
public sealed class ConfigurationSchemaTests
{
    [Fact]
    public async Task The_committed_schema_is_the_generated_one()
    {
        var committed = Repository.File("docs", "configuration.schema.json");
        var generated = Path.Combine(AppContext.BaseDirectory, "configuration.schema.json");
        await File.WriteAllTextAsync(generated, ConfigurationSchema.Text, TestContext.Current.CancellationToken);
        var text = File.Exists(committed) ? await File.ReadAllTextAsync(committed, TestContext.Current.CancellationToken) : "";

        Assert.True(
            text == ConfigurationSchema.Text,
            $"docs/configuration.schema.json is not what the options say. This run wrote the new one: cp {generated} {committed}");
    }

    [Fact]
    public void The_schema_refuses_what_the_reader_refuses()
    {
        var schema = JsonNode.Parse(ConfigurationSchema.Text)!;
        var properties = schema["properties"]!;

        Assert.False((bool)schema["additionalProperties"]!);
        Assert.Equal("string", (string?)properties["$schema"]!["type"]);
        var kinds = properties["Source"]!["properties"]!["Kind"]!["enum"]!.AsArray().Select(name => (string?)name);
        Assert.Equal(Enum.GetNames<SourceKind>(), kinds);
        Assert.Equal("string", (string?)properties["Drain"]!["type"]);
        Assert.False((bool)properties["Destinations"]!["additionalProperties"]!["properties"]!["Hops"]!["items"]!["additionalProperties"]!);
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("500ms", true)]
    [InlineData("1.5 h", true)]
    [InlineData("00:20:00", true)]
    [InlineData("0:30", false)]
    [InlineData("5 minutes", false)]
    [InlineData("-1s", false)]
    public void The_pattern_of_a_time_takes_what_the_reader_takes(string text, bool taken)
    {
        var pattern = (string)JsonNode.Parse(ConfigurationSchema.Text)!["properties"]!["Drain"]!["pattern"]!;

        Assert.Equal(taken, System.Text.RegularExpressions.Regex.IsMatch(text, pattern));
        Assert.Equal(taken, Durations.TryParse(text, out _));
    }
}
