using Xunit;

namespace CredentialSidecar.Conformance.Launcher;

/// <summary>The environment as the program sees it (contract R12, R16).</summary>
public sealed class EnvironmentTests : LauncherTest
{
    [Fact]
    public async Task R12_R13_R16_The_program_gets_the_planned_environment_and_no_other()
    {
        var token = Write("token", "5f1c9e7a2b8d4036");
        var ended = await RunAsync(
            [
                .. NoWait,
                "HOME=/root",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/x",
                "AWS_ROLE_ARN=arn",
                "AWS_WEB_IDENTITY_TOKEN_FILE=/irsa",
                "AWS_PROFILE=", "AWS_REGION=eu-central-1", "no_proxy=a.example", "CREDENTIAL_LAUNCH_TOKEN=unused",
            ],
            "--destination", "reports", "--token-file", token, "--", "/usr/bin/env");

        Assert.Equal(
            "credential-launch: Removed AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN "
            + "from the program's environment, "
            + "because SDKs take them before they ask the sidecar; --allow keeps one by its name.\n", ended.Error);
        Assert.Equal(
            new[]
            {
                "AWS_CONTAINER_AUTHORIZATION_TOKEN=5f1c9e7a2b8d4036",
                $"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={token}",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9170/v1/credentials/reports",
                "AWS_REGION=eu-central-1",
                "CREDENTIAL_LAUNCH_ALLOW_IMDS=true",
                $"CREDENTIAL_LAUNCH_SIDECAR_UID={Tools.Uid}",
                "CREDENTIAL_LAUNCH_WAIT=0",
                "HOME=/root",
                "NO_PROXY=a.example,127.0.0.1,localhost",
                $"PATH={Environment.GetEnvironmentVariable("PATH")}",
                "no_proxy=a.example,127.0.0.1,localhost",
            }.Order(StringComparer.Ordinal),
            ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_token_beside_the_launcher_is_found_and_the_dry_run_hides_it()
    {
        var copy = Path.Combine(Folder, "credential-launch");
        File.Copy(Program, copy);
        var token = Write("token", "5f1c9e7a2b8d4036");
        var env = await RunAsync(Start(copy, NoWait, "env"));
        var print = await RunAsync(Start(copy, [], "--print"));

        Assert.Contains("AWS_CONTAINER_AUTHORIZATION_TOKEN=5f1c9e7a2b8d4036\n", env.Output, StringComparison.Ordinal);
        Assert.Contains($"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE={token}\n", env.Output, StringComparison.Ordinal);
        Assert.Contains("+ AWS_CONTAINER_AUTHORIZATION_TOKEN=(16 characters, not shown)\n", print.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("5f1c", print.Output + print.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rival_and_a_broken_token_file_end_with_78_and_without_their_values()
    {
        var rivals = await RunAsync([.. NoWait, "AWS_ACCESS_KEY_ID=AKIA5f1c", "AWS_PROFILE=5f1c"], "true");
        var broken = await RunAsync(NoWait, "--token-file", Write("token", "5f1c\n"), "true");
        var allowed = await RunAsync([.. NoWait, "AWS_PROFILE=5f1c"], "--allow", "AWS_PROFILE", "true");

        Assert.Equal((78, 2), (rivals.Code, rivals.Error.Count(c => c == '\n')));
        Assert.Equal((78, 1), (broken.Code, broken.Error.Count(c => c == '\n')));
        Assert.DoesNotContain("5f1c", rivals.Error + broken.Error, StringComparison.Ordinal);
        Assert.Equal(0, allowed.Code);
    }

    [Fact]
    public async Task Help_and_version_go_to_standard_output()
    {
        var help = await RunAsync([], "--help");
        var version = await RunAsync([], "--version");
        var wrong = await RunAsync([], "--wat");

        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("--destination NAME", help.Output, StringComparison.Ordinal);
        Assert.Matches(@"^credential-launch [0-9]+\.[0-9]+\.[0-9]+\n$", version.Output);
        Assert.Equal((64, ""), (wrong.Code, wrong.Output));
    }
}
