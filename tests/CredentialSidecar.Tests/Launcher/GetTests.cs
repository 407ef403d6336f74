using System.Text.Json.Nodes;
using CredentialSidecar.Launcher;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Starting;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary><c>credential-launch --get</c>.</summary>
public sealed class GetTests
{
    [Theory]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"a/b+c","Token":"t=","Expiration":"2030-01-01T00:00:00Z","RoleArn":"x"}""",
        """{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"a/b+c","SessionToken":"t=","Expiration":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":"ASIA1","SecretAccessKey":"a\u002Bc\"d\\e","Token":"t"}""",
        """{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"a+c\"d\\e","SessionToken":"t"}""")]
    public void The_answer_becomes_the_document_of_credential_process(string body, string expected)
    {
        var document = ProcessCredentials.Of(body);

        Assert.Equal(expected + "\n", document);
        Assert.NotNull(JsonNode.Parse(document));
    }

    [Theory]
    [InlineData("--get reports --port 9000", "reports")]
    [InlineData("--get=reports --port 9000", "reports")]
    [InlineData("--port 9000 --get", null)]
    [InlineData("--get --port 9000", null)]
    [InlineData("--get --port 9000 --destination reports", "reports")]
    public void The_destination_may_follow(string words, string? destination)
    {
        var (settings, mistakes) = Read(words);

        Assert.Empty(mistakes);
        Assert.Equal((destination, 9000), (settings.Destination, settings.Endpoint.Port));
    }

    [Theory]
    [InlineData("--get reports --destination audit", "--get has a destination, and --destination has one too; keep one of them.")]
    [InlineData("--get Reports", "--get must be a destination's name")]
    public void A_wrong_destination_is_told(string words, string beginning)
    {
        var mistake = Assert.Single(Read(words).Mistakes);

        Assert.StartsWith(beginning, mistake.Text, StringComparison.Ordinal);
        Assert.Equal(64, mistake.ExitCode);
    }

    private static (LaunchSettings Settings, List<Mistake> Mistakes) Read(string words)
    {
        var line = CommandLine.Parse(words.Split(' '));
        var mistakes = line.Mistakes;
        return (new SettingsReader(line, new CredentialSidecar.Launcher.Plan.Variables([]), mistakes).Read(), mistakes);
    }
}
