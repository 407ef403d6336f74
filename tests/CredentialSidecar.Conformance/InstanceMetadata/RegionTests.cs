using CredentialSidecar.Conformance.Compatibility;

namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>SDKs that would read the region from instance metadata, with no region in their environment, as ECS on EC2 leaves it.</summary>
public sealed class RegionTests(NodeTask task) : IClassFixture<NodeTask>
{
    private static readonly (string, string?)[] NoRegion = [("AWS_REGION", null), ("AWS_DEFAULT_REGION", null)];

    [Fact]
    public async Task The_region_of_the_task_is_set_under_both_names()
    {
        var ended = await task.LaunchAsync(["--", "env"], NoRegion);

        Assert.Contains("AWS_REGION=eu-central-1", ended.Output.Split('\n'));
        Assert.Contains("AWS_DEFAULT_REGION=eu-central-1", ended.Output.Split('\n'));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://169.254.170.2/v4/unknown")]
    public async Task Without_task_metadata_the_sidecars_region_is_set(string? metadata)
    {
        var ended = await task.LaunchAsync(["--", "env"], [.. NoRegion, ("ECS_CONTAINER_METADATA_URI_V4", metadata)]);

        Assert.Contains("AWS_REGION=eu-central-1", ended.Output.Split('\n'));
    }

    [Fact]
    public async Task Without_any_region_there_is_one_line_about_it()
    {
        var ended = await task.LaunchAsync(
            ["--", "env"], [.. NoRegion, ("ECS_CONTAINER_METADATA_URI_V4", null), ("SIDECAR_HEALTH_PORT", "1")]);

        Assert.Equal(0, ended.Code);
        Assert.DoesNotContain("AWS_REGION", ended.Output, StringComparison.Ordinal);
        Assert.Single(
            ended.Errors.Split('\n'),
            line => line.StartsWith("credential-launch: No region is known: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_dry_run_shows_the_region_and_the_metadata_variable()
    {
        var ended = await task.LaunchAsync(["--print"], NoRegion);

        Assert.Contains(
            "+ AWS_EC2_METADATA_DISABLED=true\n+ AWS_REGION=eu-central-1\n+ AWS_DEFAULT_REGION=eu-central-1",
            ended.Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("java2")]
    [InlineData("net4")]
    public async Task An_SDK_without_a_region_works_and_is_the_assumed_role(string id)
    {
        var client = Catalogue.Find(id);
        var ended = await task.LaunchAsync(
            ["--", .. await client.WordsAsync(1)],
            [.. NoRegion, .. client.Environment, ("CLIENT_DYNAMODB_ENDPOINT", Service), ("CLIENT_PRINT_REGION", "yes")]);
        var run = ClientRun.Of(ended);

        Assert.True(run.Error is null, ended.ToString());
        var caller = Assert.Single(run.Callers);
        Assert.True(caller == await task.AccessKeyIdAsync() || caller.Contains(":assumed-role/reports/", StringComparison.Ordinal), caller);

        // With an endpoint of its own the SDK for .NET needs no region for the call, so it tells what it found.
        if (id == "java2")
        {
            Assert.Contains((caller, "eu-central-1"), task.Service.Seen);
        }
        else
        {
            Assert.Contains("\"region\":\"eu-central-1\"", ended.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("awscli1")]
    [InlineData("awscli2")]
    public async Task The_AWS_CLI_without_a_region_works_and_is_the_assumed_role(string id)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();
        var aws = (await client.Command())![^1];
        var caller = await task.LaunchAsync(["--", aws, "sts", "get-caller-identity", "--endpoint-url", Sts], NoRegion);
        task.Service.Seen.Clear();
        var tables = await task.LaunchAsync(["--", aws, "dynamodb", "list-tables", "--endpoint-url", Service], NoRegion);

        Assert.Contains(":assumed-role/reports/", caller.Output, StringComparison.Ordinal);
        Assert.True(tables.Code == 0, tables.ToString());
        Assert.Contains((await task.AccessKeyIdAsync(), "eu-central-1"), task.Service.Seen);
    }

    private string Sts => task.Task.Emulator.Sts.GetLeftPart(UriPartial.Authority);

    private string Service => task.Service.Uri.GetLeftPart(UriPartial.Authority);
}
