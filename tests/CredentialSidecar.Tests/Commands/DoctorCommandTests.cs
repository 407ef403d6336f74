using CredentialSidecar.Commands.Doctor;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Commands;

/// <summary>The doctor against the emulator: what it sees, what it advises, and how it ends.</summary>
public sealed class DoctorCommandTests : DoctorTest
{
    [Fact]
    public async Task Where_all_is_well_every_hop_passes_and_nothing_fails()
    {
        var (code, lines) = await RunAsync(
            [
                .. Settings.Destination("audit", DefaultWorld.Reports, DefaultWorld.Reader),
                ("SIDECAR_Destinations__audit__Hops__0__ExternalId", DefaultWorld.ExternalId),
            ]);

        Assert.Equal(0, code);
        Assert.All(
            ["configuration", "source", "audit, hop 1", "audit, hop 2", "clock", "token"],
            (string check) => Assert.Equal("Pass", VerdictOf(lines, check)));
        Assert.Contains(DefaultWorld.TaskRole, TextOf(lines, "source"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_hop_fails_with_the_statements_to_add_and_later_hops_are_not_tried()
    {
        var (code, lines) = await RunAsync([.. Settings.Destination("denied", DefaultWorld.Denied, DefaultWorld.Reader)]);

        Assert.Equal(1, code);
        Assert.Equal("Fail", VerdictOf(lines, "denied, hop 1"));
        var denied = lines.Single(line => line.GetProperty("check").GetString() == "denied, hop 1");
        Assert.Contains("\"sts:AssumeRole\"", denied.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.GetProperty("check").GetString() == "denied, hop 2");
    }

    [Theory]
    [InlineData(200, "Server: EC2ws\r\n", "x", true)]
    [InlineData(200, "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 1\r\n", "x", true)]
    [InlineData(200, "", "ami-id\ninstance-id\n", true)]
    [InlineData(200, "Metadata-Flavor: Google\r\n", "instance/\n", false)]
    [InlineData(401, "Server: EC2ws\r\n", "", false)]
    public async Task Instance_metadata_that_can_be_reached_fails_with_the_remedy_of_the_network_mode(
        int status, string headers, string body, bool isEc2)
    {
        await using var node = RawServer.Http(status, body, "text/plain", headers);
        Metadata = node.Uri;
        var (code, lines) = await RunAsync([.. Reports, ("ECS_CONTAINER_METADATA_URI_V4", Server.MetadataUri.ToString())]);

        Assert.Equal((isEc2 ? 1 : 0, isEc2 ? "Fail" : "Pass"), (code, VerdictOf(lines, "instance metadata")));
        Assert.Equal(2, node.Requests);
        var remedies = lines.Select(line => line.GetProperty("remedy").GetString());
        const string Remedy = "ECS_AWSVPC_BLOCK_IMDS=true in the ECS";
        Assert.Equal(isEc2, remedies.Any(remedy => remedy?.Contains(Remedy, StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task A_destination_without_hops_passes_by_the_role_of_the_source_and_no_clock_is_compared()
    {
        var (code, lines) = await RunAsync(SourceDestination.Listed);

        Assert.Equal((0, "Pass"), (code, VerdictOf(lines, "task, the source")));
        Assert.Contains(DefaultWorld.TaskRole, TextOf(lines, "task, the source"), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.GetProperty("check").GetString() == "clock");
    }

    [Fact]
    public async Task A_source_that_does_not_answer_fails()
    {
        var (code, lines) = await RunAsync(
            [.. Settings.Destination("reports", DefaultWorld.Reports), ("SIDECAR_SOURCE_ENDPOINT", "http://127.0.0.1:1")]);

        Assert.Equal((1, "Fail"), (code, VerdictOf(lines, "source")));
    }

    [Fact]
    public async Task A_region_that_only_absent_metadata_could_tell_fails_and_the_rest_is_looked_at_all_the_same()
    {
        var (code, lines) = await RunAsync(
            [.. Reports, ("AWS_REGION", null), ("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:1/v4/x")]);

        Assert.Equal((1, "Fail", "Pass"), (code, VerdictOf(lines, "region"), VerdictOf(lines, "source")));
        Assert.StartsWith("the region is not known", TextOf(lines, "region"), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.GetProperty("check").GetString() == "listener");
    }

    [Fact]
    public async Task Mistakes_in_the_configuration_are_its_lines()
    {
        var (code, lines) = await RunAsync([("SIDECAR_TOKEN", null)]);

        Assert.Equal(1, code);
        Assert.Contains(lines, line => line.GetProperty("verdict").GetString() == "Fail"
            && line.GetProperty("text").GetString()!.StartsWith("SIDECAR_TOKEN is not set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task As_text_each_line_begins_with_its_verdict()
    {
        var output = new StringWriter();
        var environment = Settings.Environment(
            [.. Settings.NoReports, .. World(), .. Settings.Destination("denied", DefaultWorld.Denied)]);
        await DoctorCommand.RunAsync(
            environment, null, json: false, output, CancellationToken.None, NoProcesses, Metadata);

        Assert.Contains("\nfail  denied, hop 1", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "(hop 1): STS does not allow it. STS said: User: arn:aws:sts::111122223333:assumed-role/orders-task/",
            output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("  -> STS does not name the missing policy.", output.ToString(), StringComparison.Ordinal);
    }
}
