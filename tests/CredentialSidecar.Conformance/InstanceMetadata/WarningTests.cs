using CredentialSidecar.Conformance.Launcher;

namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>The launcher where instance metadata answers.</summary>
public sealed class WarningTests(NodeTask task) : IClassFixture<NodeTask>
{
    internal const string Warning = "EC2 instance metadata (169.254.169.254) is reachable from here.";

    [Theory]
    [InlineData("30s")]
    [InlineData("0")]
    public async Task Reachable_instance_metadata_is_warned_about_in_one_line_with_the_remedy_of_the_network_mode(string wait)
    {
        var ended = await task.LaunchAsync(["--wait", wait, "--", "env"]);

        Assert.True(ended.Code == 0, ended.ToString());
        Assert.StartsWith("credential-launch: " + Warning, Assert.Single(Warnings(ended.Errors)), StringComparison.Ordinal);
        Assert.Contains("ECS_AWSVPC_BLOCK_IMDS=true", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("AWS_EC2_METADATA_DISABLED=true", ended.Output, StringComparison.Ordinal);
        Assert.Contains("PUT /latest/api/token", task.Node.Requests);
        Assert.Contains("GET /latest/meta-data/", task.Node.Requests);
    }

    [Fact]
    public async Task An_address_that_never_answers_holds_no_start_and_is_not_warned_about()
    {
        task.Node.IsSilent = true;

        try
        {
            var ended = await task.LaunchAsync(["--", "echo", "started"]);
            Assert.Equal((0, "started", ""), (ended.Code, ended.Output, string.Concat(Warnings(ended.Errors))));
        }
        finally
        {
            task.Node.IsSilent = false;
        }
    }

    [Fact]
    public async Task With_allow_imds_there_is_no_warning_and_the_program_may_ask()
    {
        var ended = await task.LaunchAsync(["--allow-imds", "--", "env"]);

        Assert.Equal((0, ""), (ended.Code, string.Concat(Warnings(ended.Errors))));
        Assert.DoesNotContain("AWS_EC2_METADATA_DISABLED", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("AWS_REGION", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_set_already_stays_and_the_warning_with_it()
    {
        var ended = await task.LaunchAsync(["--", "env"], ("AWS_EC2_METADATA_DISABLED", "false"));

        Assert.Contains("AWS_EC2_METADATA_DISABLED=false", ended.Output, StringComparison.Ordinal);
        Assert.Contains(Warning, ended.Errors, StringComparison.Ordinal);
    }

    /// <summary>Without the line that names the variables it removed.</summary>
    private static IEnumerable<string> Warnings(string errors) =>
        errors.Split('\n')
        .Where(line => !line.StartsWith("credential-launch: Removed ", StringComparison.Ordinal));
}
