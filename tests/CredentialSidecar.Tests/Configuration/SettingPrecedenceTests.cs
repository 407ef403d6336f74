using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The three places of a setting, and which one wins.</summary>
public sealed class SettingPrecedenceTests
{
    [Fact]
    public void A_variable_wins_over_SIDECAR_CONFIG_which_wins_over_the_file()
    {
        using var file = new TemporaryFile("""{ "Drain": "1s", "Region": "eu-west-1", "Logging": { "Level": "Debug" } }""");

        var options = Settings.Load(
            ("SIDECAR_CONFIG_FILE", file.Path),
            ("SIDECAR_CONFIG", """{ "Drain": "2s", "Region": "eu-west-2" }"""),
            ("SIDECAR_DRAIN", "3")).Options;

        Assert.Equal((TimeSpan.FromSeconds(3), "eu-west-2", "Debug"), (options.Drain, options.Region, options.Logging.Level.ToString()));
    }

    [Fact]
    public void Null_brings_the_default_back_over_an_earlier_place()
    {
        using var file = new TemporaryFile("""{ "Drain": "1s" }""");

        var again = Settings.Load(("SIDECAR_CONFIG_FILE", file.Path), ("SIDECAR_CONFIG", """{ "Drain": null }"""));
        Assert.Equal(TimeSpan.FromSeconds(5), again.Drain);
    }

    [Fact]
    public void The_file_on_the_command_line_wins_over_the_variable()
    {
        using var file = new TemporaryFile("{}");

        Assert.Empty(Loading.MistakesWith(file.Path, ("SIDECAR_CONFIG_FILE", "/does/not/exist")));
    }

    [Fact]
    public void An_empty_variable_counts_as_not_set_as_compose_has_it() => Assert.Empty(Loading.Mistakes(
        ("SIDECAR_TOKEN_FILE", ""),
        ("SIDECAR_CONFIG", ""),
        ("SIDECAR_CONFIG_FILE", ""),
        ("SIDECAR_PORT", ""),
        ("SIDECAR_EXTERNAL_ID", ""),
        ("SIDECAR_ROLE_ARN", "")));

    [Theory]
    [InlineData("/tmp", "is a directory")]
    [InlineData("/does/not/exist", "does not exist")]
    [InlineData("/dev/zero", "is a pipe, a socket or a device instead of a regular file")]
    [InlineData("/proc/self/mem", "cannot be read")]
    public void A_file_that_cannot_be_read_is_a_mistake_under_the_name_it_was_given_by(string path, string problem)
    {
        var expected = $"is \"{path}\", which {problem}; give the path of a JSON file";

        Assert.Equal([$"SIDECAR_CONFIG_FILE {expected}"], Loading.Mistakes(("SIDECAR_CONFIG_FILE", path)));
        Assert.Equal([$"--config {expected}"], Loading.MistakesWith(path));
    }

    [Fact]
    public void An_empty_file_name_and_an_empty_file_are_mistakes()
    {
        using var file = new TemporaryFile("");

        Assert.StartsWith("--config is \"\"", Assert.Single(Loading.MistakesWith("")), StringComparison.Ordinal);
        Assert.StartsWith($"{file.Path} is invalid JSON", Assert.Single(Loading.MistakesWith(file.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_destination_given_by_two_places_is_never_merged()
    {
        using var file = new TemporaryFile("""{ "Destinations": { "Reports": { "Lazy": true } } }""");

        Assert.Contains(Loading.MistakesWith(file.Path), mistake =>
            mistake.Contains($"is given by {file.Path} and by SIDECAR_Destinations__", StringComparison.Ordinal)
            && mistake.EndsWith("these are not merged, so keep one", StringComparison.Ordinal));
    }

    [Fact]
    public void SIDECAR_ROLE_ARN_and_a_destination_default_in_JSON_are_two_places_too() => Assert.Contains(
        Loading.Mistakes(
            ("SIDECAR_ROLE_ARN", Settings.ReportsRole),
            ("SIDECAR_CONFIG", Loading.Hop("\"Region\": \"eu-west-1\"").Replace("\"one\"", "\"default\"", StringComparison.Ordinal))),
        mistake => mistake.EndsWith(
            "is given by SIDECAR_CONFIG and by SIDECAR_ROLE_ARN; these are not merged, so keep one", StringComparison.Ordinal));

    [Fact]
    public void Addresses_given_by_two_places_are_never_merged() => Assert.Contains(
        "is given by SIDECAR_CONFIG and by SIDECAR_Listen__Addresses",
        Assert.Single(Loading.Mistakes(
            ("SIDECAR_CONFIG", """{ "Listen": { "Addresses": [ "127.0.0.1", "::1" ] } }"""),
            ("SIDECAR_Listen__Addresses__0", "127.0.0.2"))),
        StringComparison.Ordinal);
}
