namespace CredentialSidecar.Conformance.InstanceMetadata;

/// <summary>The doctor where instance metadata answers at its real address.</summary>
public sealed class DoctorTests(NodeTask task) : IClassFixture<NodeTask>
{
    [Fact]
    public async Task The_doctor_fails_where_instance_metadata_can_be_reached_and_names_the_remedy()
    {
        var emulator = task.Task.Emulator;
        var ended = await task.SidecarAsync(
            ["doctor"],
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::555566667777:role/reports"),
            ("SIDECAR_EXTERNAL_ID", "orders-7f3a"),
            ("SIDECAR_TOKEN", task.Task.Sidecar.Token),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri), ("AWS_REGION", "eu-central-1"),
            ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2" + emulator.Metadata.AbsolutePath),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.GetLeftPart(UriPartial.Authority)),
            ("SIDECAR_PORT", $"{task.Task.Sidecar.Endpoint.Port}"), ("SIDECAR_HEALTH_PORT", $"{task.Task.Sidecar.Health.Port}"));

        Assert.True(ended.Code == 1, ended.ToString());
        var failed = Assert.Single(ended.Output.Split('\n'), line => line.StartsWith("fail  instance metadata ", StringComparison.Ordinal));
        Assert.Contains("169.254.169.254 answers uid ", failed, StringComparison.Ordinal);
        Assert.Contains("-> Set ECS_AWSVPC_BLOCK_IMDS=true in the ECS agent's configuration", ended.Output, StringComparison.Ordinal);
    }
}
