using CredentialSidecar.Launcher.Metadata;
using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Waiting;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>EC2 instance metadata and the region that its absence takes away.</summary>
public sealed class MetadataTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("AWS_REGION=", true)]
    [InlineData("AWS_EC2_METADATA_DISABLED=", true)]
    [InlineData("AWS_CONFIG_FILE=/gone", true)]
    [InlineData("AWS_REGION=eu-central-1", false)]
    [InlineData("AWS_DEFAULT_REGION=eu-central-1", false)]
    [InlineData("AWS_EC2_METADATA_DISABLED=false", false)]
    [InlineData("AWS_EC2_METADATA_DISABLED=true", false)]
    [InlineData("AWS_CONFIG_FILE=/there", false)]
    [InlineData("HOME=/home", false)]
    public void A_region_is_wanted_only_where_the_launcher_takes_metadata_away_and_nothing_else_names_one(string variable, bool isWanted)
    {
        var environment = new Variables([variable]);

        Assert.Equal(isWanted, Region.IsWanted(environment, false, file => file is "/there" or "/home/.aws/config"));
        Assert.False(Region.IsWanted(environment, true, _ => false));
    }

    [Theory]
    [InlineData("eu-central-1", true)]
    [InlineData("us-gov-west-1", true)]
    [InlineData("eusc-de-east-1", true)]
    [InlineData("eu-central-1.evil.example/-1", false)]
    [InlineData("EU-CENTRAL-1", false)]
    [InlineData("evil#-1", false)]
    [InlineData("", false)]
    [InlineData("central", false)]
    public void Only_a_region_is_taken_for_one(string text, bool isOne) => Assert.Equal(isOne, Region.IsOne(text));

    [Theory]
    [InlineData("""{"Cluster":"c","TaskARN":"arn:aws-cn:ecs:cn-north-1:111122223333:task/c/0123"}""", "cn-north-1")]
    [InlineData("""{"TaskARN":"arn:aws:ecs:evil.example#-1:111122223333:task/c/0123"}""", null)]
    [InlineData("""{"TaskARN":"task"}""", null)]
    [InlineData("{}", null)]
    public void The_region_stands_in_the_tasks_arn(string body, string? region)
    {
        Assert.Equal(region, TaskMetadata.RegionIn(Answer(200, body)));
        Assert.Null(TaskMetadata.RegionIn(Answer(500, body)));
    }

    [Theory]
    [InlineData("http://169.254.170.2/v4/0123", "169.254.170.2", 80, "/v4/0123/task")]
    [InlineData("http://127.0.0.1:51679/v4/0123/", "127.0.0.1", 51679, "/v4/0123/task")]
    [InlineData("http://169.254.170.2", "169.254.170.2", 80, "/task")]
    [InlineData("http://agent/v4/0123", null, 0, "")]
    [InlineData("http://169.254.170.256/v4", null, 0, "")]
    [InlineData("http://169.254.170.2:0/v4", null, 0, "")]
    [InlineData("http://169.254.170.2/v4 HTTP/1.1", null, 0, "")]
    [InlineData("https://169.254.170.2/v4", null, 0, "")]
    [InlineData(null, null, 0, "")]
    public void Task_metadata_is_asked_at_a_literal_address(string? uri, string? host, int port, string path)
    {
        var task = TaskMetadata.At(uri);

        Assert.Equal((host, port), (task is null ? null : string.Join('.', task.Host), task?.Port ?? 0));
        var hostHeader = $"Host: {host}{(port == 80 ? "" : $":{port}")}\r\n";
        var start = host is null ? "" : $"GET {path} HTTP/1.1\r\n{hostHeader}";
        Assert.StartsWith(start, task?.Request ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "eu-west-1")]
    [InlineData("reports", "eu-central-1")]
    [InlineData("other", null)]
    public void The_sidecars_status_names_the_region_of_a_destination(string? destination, string? region)
    {
        const string Status = """
            { "destinations": [{ "name": "audit", "hops": [{ "region": "eu-west-1" }] },
            { "name": "reports", "hops": [{ "region": "eu-central-1" }] }] }
            """;
        Assert.Equal(region, Region.InStatus(Answer(200, Status), destination));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nServer: EC2ws\r\n\r\nami-id", true)]
    [InlineData("HTTP/1.1 200 OK\r\nX-Aws-Ec2-Metadata-Token-Ttl-Seconds: 1\r\n\r\nAQAEAx==", true)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nami-id\nami-launch-index\ninstance-id\niam/\n", true)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nServer: EC2ws\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n<html>instance-id ami-id</html>", false)]
    [InlineData("HTTP/1.1 200 OK\r\nMetadata-Flavor: Google\r\n\r\nattributes/\nhostname\n", false)]
    [InlineData("", false)]
    public void Only_an_answer_of_EC2_counts_as_instance_metadata(string text, bool isEc2) =>
        Assert.Equal(isEc2, InstanceMetadata.IsEc2(HttpAnswer.Parse(text)));

    // intercept refuses host networking, where its rules would hit every process of the instance.
    [Fact]
    public void The_warning_does_not_advise_interception_in_host_networking() =>
        Assert.DoesNotContain("intercept", Remedy.Warning("host", isKubernetes: false), StringComparison.Ordinal);

    [Theory]
    [InlineData("awsvpc", false, "ECS_AWSVPC_BLOCK_IMDS=true")]
    [InlineData("bridge", false, "DOCKER-USER")]
    [InlineData("bridge", false, "HttpTokens=required")]
    [InlineData("host", false, "no switch")]
    [InlineData(null, true, "HttpPutResponseHopLimit to 1")]
    [InlineData(null, false, "intercept up --block-imds")]
    public void The_warning_names_the_remedy_by_network_mode(string? mode, bool isKubernetes, string remedy)
    {
        Assert.Contains(remedy, Remedy.Warning(mode, isKubernetes), StringComparison.Ordinal);
        Assert.Contains("ot every client honours AWS_EC2_METADATA_DISABLED", Remedy.Warning(mode, isKubernetes), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', Remedy.Warning(mode, isKubernetes));
    }

    private static HttpAnswer Answer(int status, string body) => HttpAnswer.Parse($"HTTP/1.1 {status} X\r\n\r\n{body}");
}
