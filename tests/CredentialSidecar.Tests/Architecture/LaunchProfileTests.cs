using System.Text.Json.Nodes;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Reading;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Architecture;

/// <summary>F5 and <c>make debug</c> start a sidecar that finds the emulator where they start it.</summary>
public sealed class LaunchProfileTests
{
    private static readonly Dictionary<string, string> Profile = JsonNode
        .Parse(Read("src", "CredentialSidecar", "Properties", "launchSettings.json"))!["profiles"]!["emulator"]!["environmentVariables"]!
        .AsObject()
        .ToDictionary(variable => variable.Key, variable => (string)variable.Value!);

    [Fact]
    public void Profile_is_a_valid_configuration_without_a_warning()
    {
        var (settings, warnings) = SettingsLoader.Load(new ProcessEnvironment(Profile), null);
        Assert.Empty(warnings);
        Assert.Equal(9170, settings.Options.Listen.Port);
    }

    [Theory]
    [InlineData("Makefile")]
    [InlineData(".vscode/tasks.json")]
    public void Emulator_listens_where_the_profile_expects_it(string file)
    {
        var words = Read(file).Replace("\"", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal);
        Assert.Contains($"--agent-port {new Uri(Profile["SIDECAR_SOURCE_ENDPOINT"]).Port} ", words, StringComparison.Ordinal);
        Assert.Contains($"--sts-port {new Uri(Profile["AWS_ENDPOINT_URL_STS"]).Port} ", words, StringComparison.Ordinal);
        var id = Profile["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].Split('/')[^1];
        Assert.Contains($"--credentials-id {id}", words, StringComparison.Ordinal);
    }

    private static string Read(params string[] file) => File.ReadAllText(Repository.File(file));
}
