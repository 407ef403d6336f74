using System.Runtime.Versioning;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.AwsSmoke;

/// <summary>The script of samples/aws-smoke, without any call to AWS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ScriptTests
{
    private static readonly string[] Required =
        ["--caller-profile", "a", "--destination-profile", "b", "--region", "eu-central-1", "--image", "registry/sidecar:1"];

    [Fact]
    public async Task Shellcheck_finds_nothing()
    {
        await Installed.CommandAsync(
            "shellcheck is not installed: apt-get install -y --no-install-recommends shellcheck", "shellcheck", "--version");

        var checked_ = await ChildProcess.RunAsync("shellcheck", [SmokeRun.Script], CleanEnvironment.With());

        Assert.True(checked_ is { Code: 0, Output: "" }, checked_.ToString());
    }

    [Theory]
    [InlineData("--region is missing. See --help.", "--caller-profile", "a", "--destination-profile", "b")]
    [InlineData("--image has no value; expected one after it. See --help.", "--image")]
    [InlineData("--bucket is not a flag of this script. See --help.", "--bucket")]
    [InlineData("--cleanup-only is \"*\"; expected a run id, 8 hexadecimal digits.",
        "--caller-profile", "a", "--destination-profile", "b", "--region", "eu-central-1", "--cleanup-only", "*")]
    [InlineData("--region is \"Frankfurt\"; expected a region such as eu-central-1.",
        "--caller-profile", "a", "--destination-profile", "b", "--region", "Frankfurt", "--image", "i")]
    public async Task Wrong_flag_ends_with_64_and_says_what_to_write(string message, params string[] flags)
    {
        var ended = await ChildProcess.RunAsync("bash", [SmokeRun.Script, .. flags], CleanEnvironment.With());

        Assert.Equal((64, "", $"smoke.sh: {message}"), (ended.Code, ended.Output, ended.Errors));
    }

    [Fact]
    public async Task Dry_run_prints_the_commands_and_runs_none()
    {
        var (ended, calls) = await RunAsync("--dry-run");

        Assert.True(ended is { Code: 0, Errors: "" }, ended.ToString());
        Assert.Empty(calls);
        Assert.Contains("aws --profile a --region eu-central-1 ecs run-task ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("aws --profile b --region eu-central-1 iam delete-role ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("docker run --rm -i --network none registry/sidecar:1 generate task-definition ", ended.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_yes_nothing_is_created()
    {
        // Standard input is closed, as in a script.
        var (ended, calls) = await RunAsync();

        Assert.Equal(64, ended.Code);
        Assert.Contains("In account 111122223333 (a), eu-central-1, this creates:", ended.Output, StringComparison.Ordinal);
        Assert.Contains("less than 1 US cent", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was created. Give --yes to skip the question.", ended.Errors, StringComparison.Ordinal);
        Assert.All(calls, call => Assert.Contains("sts get-caller-identity", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_profiles_of_one_account_are_rejected()
    {
        var (ended, calls) = await RunAsync("--destination-profile", "a", "--yes");

        Assert.Equal(1, ended.Code);
        Assert.Equal("smoke.sh: Both profiles are of account 111122223333; expected two accounts. Give another --destination-profile.",
            ended.Errors);
        Assert.Equal(2, calls.Length);
    }

    /// <summary>Runs the script with an AWS CLI that knows identities only, and a docker that does nothing.</summary>
    private static async Task<(ChildProcess.Ended Ended, string[] Calls)> RunAsync(params string[] flags)
    {
        var directory = Directory.CreateTempSubdirectory("aws-smoke-").FullName;
        var calls = Path.Combine(directory, "calls");

        try
        {
            foreach (var program in (string[])["aws", "docker"])
            {
                var file = Path.Combine(directory, program);
                await File.WriteAllTextAsync(file, $"""
                    #!/bin/sh
                    echo "$*" >>{calls}
                    case "$*" in
                      *"profile a "*) echo arn:aws:iam::111122223333:user/a ;;
                      *"profile b "*) echo arn:aws:iam::555566667777:user/b ;;
                    esac
                    """);
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            var environment = CleanEnvironment.With(
                ("PATH", $"{directory}:{Environment.GetEnvironmentVariable("PATH")}"), ("TMPDIR", directory));
            var ended = await ChildProcess.RunAsync("bash", [SmokeRun.Script, .. Required, .. flags], environment);
            return (ended, File.Exists(calls) ? await File.ReadAllLinesAsync(calls) : []);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
