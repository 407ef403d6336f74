using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Sources;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The standard AWS environment about STS: each variable works as in the AWS SDKs, or is refused by its name.</summary>
public sealed class StsRulesTests
{
    private const string Ignore = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    private const string Fips = "AWS_USE_FIPS_ENDPOINT";
    private const string DualStack = "AWS_USE_DUALSTACK_ENDPOINT";

    [Theory]
    [InlineData("us-east-1", null, null, "https://sts.us-east-1.amazonaws.com/")]
    [InlineData("us-east-1", null, "true", "https://sts.us-east-1.api.aws/")]
    [InlineData("us-east-1", "True", null, "https://sts-fips.us-east-1.amazonaws.com/")]
    [InlineData("us-east-1", "true", "true", "https://sts-fips.us-east-1.api.aws/")]
    [InlineData("us-east-1", "false", "false", "https://sts.us-east-1.amazonaws.com/")]
    public void FIPS_and_dual_stack_choose_the_address_that_the_SDK_has_for_them(
        string region, string? fips, string? dualStack, string expected)
    {
        var settings = Settings.Load(("AWS_REGION", region), (Fips, fips), (DualStack, dualStack));
        Assert.Equal([new Uri(expected)], StsEndpoints.Resolve(settings.Sts, settings.Regions(TaskIdentity.Unknown)));
    }

    [Theory]
    [InlineData(Fips, "AWS_ENDPOINT_URL_STS")]
    [InlineData(DualStack, "AWS_ENDPOINT_URL_STS")]
    [InlineData(Fips, "AWS_ENDPOINT_URL")]
    public void FIPS_or_dual_stack_beside_an_endpoint_is_a_mistake_instead_of_an_outage_without_end(string flag, string variable)
    {
        Assert.Equal(
            [
                $"{flag} is true, and {variable} is set (http://127.0.0.1:51680), which AWS SDKs reject together; "
                + $"unset one of them, or set {Ignore}=true to use the region's own STS",
            ],
            Loading.Mistakes((flag, "true"), (variable, "http://127.0.0.1:51680")));
        Assert.Empty(Loading.Mistakes((flag, "false"), (variable, "http://127.0.0.1:51680")));
        Assert.Empty(Loading.Mistakes((flag, "true"), (variable, "http://127.0.0.1:51680"), (Ignore, "true")));
    }

    [Fact]
    public void What_the_SDKs_own_rules_refuse_is_a_mistake()
    {
        // As when a profile of the SDK asks for FIPS.
        var settings = Settings.Load(("AWS_ENDPOINT_URL_STS", "https://sts.internal"));
        var both = settings with { Sts = settings.Sts with { UseFips = true } };
        var refused =
            Assert.Throws<ConfigurationMistakesException>(() => StsEndpoints.Resolve(both.Sts, both.Regions(TaskIdentity.Unknown)));
        var mistake = Assert.Single(refused.Mistakes);

        Assert.StartsWith(
            "AWS_ENDPOINT_URL_STS cannot be used for eu-central-1: Invalid Configuration: FIPS and custom endpoint are not supported",
            mistake.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fips)]
    [InlineData(DualStack)]
    [InlineData(Ignore)]
    public void A_flag_is_true_or_false(string flag) =>
        Assert.Equal([$"{flag} is \"yes\"; expected true or false"], Loading.Mistakes((flag, "yes")));

    [Fact]
    public void Ignored_endpoints_are_as_if_they_were_not_there()
    {
        var settings = Settings.Load(
            (Ignore, "true"),
            ("AWS_ENDPOINT_URL", "http://minio.internal:9000"),
            ("AWS_ENDPOINT_URL_STS", "http://other.internal"));

        Assert.Null(settings.Sts.Endpoint);
        Assert.Equal([new Uri("https://sts.eu-central-1.amazonaws.com")],
            StsEndpoints.Resolve(settings.Sts, settings.Regions(TaskIdentity.Unknown)));
    }

    [Fact]
    public void An_endpoint_for_every_service_is_used_with_a_warning_and_that_of_STS_without()
    {
        Assert.Equal(
            [
                "AWS_ENDPOINT_URL sends sts:AssumeRole to https://minio.internal, as in AWS SDKs; "
                + "if that endpoint is not an STS, set AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true or AWS_ENDPOINT_URL_STS here",
            ],
            Loading.Warnings(("AWS_ENDPOINT_URL", "https://minio.internal")));
        Assert.Equal(new Uri("https://minio.internal"), Settings.Load(("AWS_ENDPOINT_URL", "https://minio.internal")).Sts.Endpoint);
        Assert.Empty(Loading.Warnings(("AWS_ENDPOINT_URL", "https://minio.internal"), ("AWS_ENDPOINT_URL_STS", "https://sts.internal")));
        Assert.Null(Settings.Load(("AWS_ENDPOINT_URL_S3", "https://minio.internal")).Sts.Endpoint);
    }

    [Theory]
    [InlineData("https://s3.eu-central-1.amazonaws.com", "s3")]
    [InlineData("https://dynamodb.eu-central-1.api.aws", "dynamodb")]
    [InlineData("https://vpce-0a1b-c2d3.sqs.eu-central-1.vpce.amazonaws.com", "sqs")]
    public void An_endpoint_of_another_AWS_service_is_a_mistake(string address, string service) => Assert.StartsWith(
        $"AWS_ENDPOINT_URL is {address}, an endpoint of {service}, which does not know sts:AssumeRole; " +
        $"set AWS_ENDPOINT_URL_{service.ToUpperInvariant()} for that service only",
        Assert.Single(Loading.Mistakes(("AWS_ENDPOINT_URL", address))), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://sts.us-east-1.amazonaws.com", "us-east-1")]
    [InlineData("https://sts.amazonaws.com", "us-east-1")]
    [InlineData("https://sts-fips.us-west-2.amazonaws.com", "us-west-2")]
    [InlineData("https://sts.eu-west-1.api.aws", "eu-west-1")]
    [InlineData("https://vpce-0a1b-c2d3.sts.eu-west-1.vpce.amazonaws.com", "eu-west-1")]
    [InlineData("https://sts.cn-north-1.amazonaws.com.cn", "cn-north-1")]
    public void An_endpoint_of_another_region_than_the_hops_is_a_mistake(string address, string region)
    {
        Assert.Equal(
            [
                $"AWS_ENDPOINT_URL_STS is {address}, the STS of {region}, but hop 1 of reports is signed for eu-central-1, " +
                "which that STS rejects; remove AWS_ENDPOINT_URL_STS to use each region's own STS, " +
                $"or set the region to {region}",
            ],
            Loading.Mistakes(("AWS_ENDPOINT_URL_STS", address)));

        if (!region.StartsWith("cn-", StringComparison.Ordinal))
        {
            Assert.Empty(Loading.Mistakes(("AWS_ENDPOINT_URL_STS", address), ("AWS_REGION", region)));
            Assert.Single(Loading.Mistakes(
                ("AWS_ENDPOINT_URL_STS", address),
                ("AWS_REGION", region),
                ("SIDECAR_Destinations__reports__Hops__0__Region", "ap-south-1")));
        }
    }

    [Theory]
    [InlineData("https://sts.internal.example")]
    [InlineData("http://127.0.0.1:4566")]
    [InlineData("https://sts.example.amazonaws.com.attacker.example")]
    public void A_name_that_is_not_of_AWS_has_no_region(string address) =>
        Assert.Empty(Loading.Mistakes(("AWS_ENDPOINT_URL_STS", address)));

    [Fact]
    public void The_region_that_only_task_metadata_tells_is_compared_once_it_is_known()
    {
        var settings = Settings.Load(
            ("AWS_REGION", null),
            ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"),
            ("AWS_ENDPOINT_URL_STS", "https://sts.us-east-1.amazonaws.com"));
        var task = TaskIdentity.Unknown with { Region = "eu-west-1" };
        var refused = Assert.Throws<ConfigurationMistakesException>(() => settings.Chains(task));
        Assert.Contains("signed for eu-west-1", Assert.Single(refused.Mistakes).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/does/not/exist.pem", "which does not exist; set it to a file of PEM certificates")]
    [InlineData("/etc", "which is a directory; set it to a file of PEM certificates")]
    [InlineData("/etc/passwd", "which holds no certificate that can be read; expected PEM, with BEGIN CERTIFICATE")]
    public void A_CA_bundle_that_cannot_be_used_is_a_mistake(string path, string expected) =>
        Assert.Contains(
            $"AWS_CA_BUNDLE is \"{path}\", {expected}",
            Assert.Single(Loading.Mistakes(("AWS_CA_BUNDLE", path))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("/nowhere/ca.pem", "does not exist")]
    [InlineData("/etc/passwd", "holds no certificate that can be read")]
    public void A_file_of_the_systems_authorities_that_gives_none_is_warned_about(string path, string problem) => Assert.StartsWith(
        $"SSL_CERT_FILE is \"{path}\", which {problem}; no authority is trusted, so most TLS connections will fail",
        Assert.Single(Loading.Warnings(("SSL_CERT_FILE", path))), StringComparison.Ordinal);

    [Theory]
    [InlineData("SIDECAR_Sts__Timeout", "0s", "SIDECAR_Sts__Timeout is 0s; expected 1s to 30s")]
    [InlineData("SIDECAR_Sts__Timeout", "31s", "SIDECAR_Sts__Timeout is 31s; expected 1s to 30s")]
    [InlineData(
        "SIDECAR_Sts__Timeout",
        "long",
        "SIDECAR_Sts__Timeout is \"long\"; expected a time such as 5s, 20m, 1h or 00:00:05 (1s-30s)")]
    [InlineData("SIDECAR_Sts__ConnectTimeout", "100ms", "SIDECAR_Sts__ConnectTimeout is 100ms; expected 500ms to 10s")]
    [InlineData(
        "SIDECAR_Sts__ConnectTimeout",
        "5s",
        "SIDECAR_Sts__ConnectTimeout is 5s, longer than SIDECAR_Sts__Timeout, which is 3s; the call would time out before its connection")]
    public void The_times_of_a_call_have_ranges(string variable, string value, string expected) =>
        Assert.Contains(expected, Loading.Mistakes((variable, value)));
}
