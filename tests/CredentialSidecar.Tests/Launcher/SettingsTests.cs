using CredentialSidecar.Launcher;
using CredentialSidecar.Launcher.Arguments;
using CredentialSidecar.Launcher.Plan;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>Flags and variables.</summary>
public sealed class SettingsTests
{
    [Theory]
    [InlineData("--destination reports -- app --destination x", "app --destination x")]
    [InlineData("--destination=reports app -- --print", "app -- --print")]
    [InlineData("-- -odd", "-odd")]
    [InlineData("--print", "")]
    [InlineData("--", "")]
    public void What_follows_the_flags_is_the_programs_own(string words, string program)
    {
        var line = CommandLine.Parse(words.Split(' '));

        Assert.Empty(line.Mistakes);
        Assert.Equal(program, string.Join(' ', line.Program));
    }

    [Theory]
    [InlineData("--token=5f1c app", "--token is not a launcher flag")]
    [InlineData("--port", "--port needs a value")]
    [InlineData("--port -- app", "--port needs a value")]
    [InlineData("--port 1 --port 2", "--port is given twice")]
    [InlineData("--print=yes", "--print does not take a value")]
    public void A_wrong_command_line_is_told_in_one_sentence(string words, string beginning)
    {
        var mistake = Assert.Single(CommandLine.Parse(words.Split(' ')).Mistakes);

        Assert.StartsWith(beginning, mistake.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("5f1c", mistake.Text, StringComparison.Ordinal);
        Assert.Equal(64, mistake.ExitCode);
    }

    [Fact]
    public void Every_flag_and_variable_is_in_the_help()
    {
        var names = Flag.All.SelectMany(flag => new[] { flag.Name, flag.Variable }).OfType<string>();
        Assert.All(names, name => Assert.Contains(name, Help.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_help_is_ascii_and_fits_a_terminal() =>
        Assert.All(Help.Text.Split('\n'), line => Assert.True(line.Length <= 120 && line.All(char.IsAscii), line));

    [Fact]
    public void R13_By_default_the_literal_loopback_address_is_asked_for_the_default_destination()
    {
        var settings = Read([]);

        Assert.Equal("http://127.0.0.1:9170/v1/credentials", settings.FullUri);
        Assert.Equal(30_000, settings.Wait);
    }

    [Fact]
    public void Every_setting_has_a_variable_and_the_flag_wins()
    {
        string[] variables =
        [
            "CREDENTIAL_LAUNCH_DESTINATION=reports",
            "CREDENTIAL_LAUNCH_PORT=9200",
            "CREDENTIAL_LAUNCH_TOKEN_FILE=/t",
            "CREDENTIAL_LAUNCH_WAIT=2m",
            "CREDENTIAL_LAUNCH_ALLOW=AWS_PROFILE, AWS_ACCESS_KEY_ID",
        ];
        var byVariables = Read(variables);
        var byFlags = Read(
            variables,
            "--destination", "audit", "--port=9300", "--token-file", "/u", "--wait", "500ms", "--allow", "A", "--allow", "B");

        Assert.Equal(
            ("http://127.0.0.1:9200/v1/credentials/reports", "/t", 120_000),
            (byVariables.FullUri, byVariables.TokenFile, byVariables.Wait));
        Assert.Equal(["AWS_PROFILE", "AWS_ACCESS_KEY_ID"], byVariables.Allowed);
        Assert.Equal(("http://127.0.0.1:9300/v1/credentials/audit", "/u", 500), (byFlags.FullUri, byFlags.TokenFile, byFlags.Wait));
        Assert.Equal(["A", "B"], byFlags.Allowed);
        Assert.Equal("http://127.0.0.1:81/v1/credentials", Read(["CREDENTIAL_LAUNCH_ENDPOINT=http://127.0.0.1:81/"]).FullUri);
    }

    [Fact]
    public void The_sidecars_uid_and_instance_metadata_have_variables_and_flags()
    {
        string[] variables =
            ["CREDENTIAL_LAUNCH_SIDECAR_UID=any", "CREDENTIAL_LAUNCH_ALLOW_IMDS=true", "SIDECAR_HEALTH_PORT=tcp://10.0.0.1:9171"];
        var byVariables = Read(variables);
        var byFlags = Read(variables, "--sidecar-uid", "0", "--allow-imds");
        var byDefault = Read(["CREDENTIAL_LAUNCH_ALLOW_IMDS=false"]);

        Assert.Equal(
            (true, null, true, 9171),
            (byVariables.SidecarUid.IsAnyone, byVariables.SidecarUid.Uid, byVariables.AllowImds, byVariables.HealthPort));
        Assert.Equal((false, 0u, true), (byFlags.SidecarUid.IsAnyone, byFlags.SidecarUid.Uid, byFlags.AllowImds));
        Assert.Equal((false, null, false), (byDefault.SidecarUid.IsAnyone, byDefault.SidecarUid.Uid, byDefault.AllowImds));
    }

    [Fact]
    public void Empty_means_not_given()
    {
        var settings = Read(["CREDENTIAL_LAUNCH_DESTINATION=", "CREDENTIAL_LAUNCH_PORT="]);
        Assert.Equal("http://127.0.0.1:9170/v1/credentials", settings.FullUri);
    }

    [Theory]
    [InlineData(78, "CREDENTIAL_LAUNCH_PORT", "CREDENTIAL_LAUNCH_PORT=0")]
    [InlineData(78, "CREDENTIAL_LAUNCH_DESTINATION", "CREDENTIAL_LAUNCH_DESTINATION=a/b")]
    [InlineData(78, "CREDENTIAL_LAUNCH_WAIT", "CREDENTIAL_LAUNCH_WAIT=soon")]
    [InlineData(64, "--port", "", "--port", "65536")]
    [InlineData(64, "--destination", "", "--destination", "Reports")]
    [InlineData(64, "--wait", "", "--wait", "2h")]
    [InlineData(64, "--token-file", "", "--token-file", "token")]
    [InlineData(64, "--sidecar-uid", "", "--sidecar-uid", "root")]
    [InlineData(78, "CREDENTIAL_LAUNCH_SIDECAR_UID", "CREDENTIAL_LAUNCH_SIDECAR_UID=4294967295")]
    [InlineData(78, "CREDENTIAL_LAUNCH_ALLOW_IMDS", "CREDENTIAL_LAUNCH_ALLOW_IMDS=1")]
    [InlineData(64, "--port", "", "--port", "1", "--endpoint", "http://127.0.0.1:2")]
    [InlineData(64, "--wait", "", "--wait", "1s", "--endpoint", "https://sidecar.internal")]
    public void A_wrong_value_is_told_by_the_name_to_change(int exitCode, string name, string variable, params string[] words)
    {
        var mistake = Assert.Single(Mistakes([variable], words));

        Assert.StartsWith(name + " ", mistake.Text, StringComparison.Ordinal);
        Assert.EndsWith(".", mistake.Text, StringComparison.Ordinal);
        Assert.Equal(exitCode, mistake.ExitCode);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("30", 30_000)]
    [InlineData("30s", 30_000)]
    [InlineData("500ms", 500)]
    [InlineData("60m", 3_600_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("61m", null)]
    [InlineData("s", null)]
    [InlineData("-1s", null)]
    [InlineData("1.5s", null)]
    [InlineData("99999999999s", null)]
    public void Times_are_read_as_people_write_them(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, Numbers.TryMilliseconds(text, out var read) ? read : null);

    private static LaunchSettings Read(string[] variables, params string[] words)
    {
        var mistakes = new List<Mistake>();
        var settings = new SettingsReader(CommandLine.Parse(words), new Variables(variables), mistakes).Read();
        Assert.Empty(mistakes);
        return settings;
    }

    private static List<Mistake> Mistakes(string[] variables, string[] words)
    {
        var mistakes = new List<Mistake>();
        _ = new SettingsReader(CommandLine.Parse(words), new Variables(variables), mistakes).Read();
        return mistakes;
    }
}
