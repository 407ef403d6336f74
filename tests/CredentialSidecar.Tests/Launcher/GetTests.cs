using CredentialSidecar.Launcher;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Starting;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary><c>credential-launch --get</c>.</summary>
public sealed class GetTests
{
    [Fact]
    public void The_answer_becomes_the_document_of_credential_process()
    {
        const string Body =
            """{"AccessKeyId":"ASIA1","SecretAccessKey":"a/b\u002Bc","Token":"t=","Expiration":"2030-01-01T00:00:00Z","RoleArn":"x"}""";
        const string Document =
            """{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"a/b+c","SessionToken":"t=","Expiration":"2030-01-01T00:00:00Z"}""";

        Assert.Equal(Document + "\n", ProcessCredentials.Of(Body));
    }

    [Theory]
    [InlineData("""{"AccessKeyId":"ASIAX","Secre""")]
    [InlineData("""{"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":1,"SecretAccessKey":2,"Token":3,"Expiration":4}""")]
    [InlineData("""{"AccessKeyId":"","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":"A","SecretAccessKey":"s\u00e9","Token":"t","Expiration":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":"A","SecretAccessKey":"s\nt","Token":"t","Expiration":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"AccessKeyId":"A","SecretAccessKey":"s\"","Token":"t","Expiration":"2030-01-01T00:00:00Z"}""")]
    public void An_answer_that_is_not_a_whole_session_is_not_printed(string body) => Assert.Null(ProcessCredentials.Of(body));

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
    [InlineData("--get=", "--get has an empty value; leave it out, or name a destination.")]
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
