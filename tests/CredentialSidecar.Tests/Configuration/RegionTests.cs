using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Whose STS is asked, and that no chain crosses partitions.</summary>
public sealed class RegionTests
{
    private const string Metadata = "ECS_CONTAINER_METADATA_URI_V4";

    [Theory]
    [InlineData("aws", "eu-central-1")]
    [InlineData("aws-cn", "cn-northwest-1")]
    [InlineData("aws-us-gov", "us-gov-west-1")]
    [InlineData("aws-iso", "us-iso-east-1")]
    [InlineData("aws-iso-b", "us-isob-east-1")]
    [InlineData("aws-iso-e", "eu-isoe-west-1")]
    [InlineData("aws-iso-f", "us-isof-south-1")]
    [InlineData("aws-eusc", "eusc-de-east-1")]
    public void Every_partition_has_its_regions_and_no_other(string partition, string region)
    {
        var role = $"arn:{partition}:iam::123456789012:role/team/x";
        var other = partition == "aws" ? "cn-north-1" : "us-east-1";

        Assert.Empty(Loading.Mistakes((Loading.Role, role), ("AWS_REGION", region)));
        Assert.StartsWith($"{Loading.Role} is {role}, of the partition {partition}, but the region is {other}, of ",
            Assert.Single(Loading.Mistakes((Loading.Role, role), ("AWS_REGION", other))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_wins_over_AWS_REGION_and_that_over_AWS_DEFAULT_REGION()
    {
        Assert.Equal("eu-west-1", Settings.Load(("SIDECAR_Region", "eu-west-1")).Region);
        Assert.Equal("eu-central-1", Settings.Load(("AWS_DEFAULT_REGION", "eu-west-1")).Region);
        Assert.Equal("eu-west-1", Settings.Load(("AWS_REGION", null), ("AWS_DEFAULT_REGION", "eu-west-1")).Region);
    }

    [Fact]
    public void No_region_is_a_mistake_only_where_nothing_can_give_one()
    {
        Assert.StartsWith("AWS_REGION is not set", Assert.Single(Loading.Mistakes(("AWS_REGION", null))), StringComparison.Ordinal);
        Assert.Empty(Loading.Mistakes(("AWS_REGION", null), (Metadata, "http://169.254.170.2/v4/x")));
        Assert.Empty(Loading.Mistakes(("AWS_REGION", null), ("SIDECAR_Destinations__reports__Hops__0__Region", "eu-west-1")));
    }

    [Fact]
    public void What_only_task_metadata_tells_is_checked_once_it_has()
    {
        var settings = Settings.Load(("AWS_REGION", null), (Metadata, "http://169.254.170.2/v4/x"));

        Assert.Equal("eu-west-1", settings.Chains(TaskIdentity.Unknown with { Region = "eu-west-1" })[0].Hops[0].Region);
        Assert.Equal("AWS_REGION", Wrong(TaskIdentity.Unknown));
        Assert.Equal(Loading.Role, Wrong(TaskIdentity.Unknown with { Region = "cn-north-1" }));

        string Wrong(TaskIdentity task) =>
            Assert.Single(Assert.Throws<ConfigurationMistakesException>(() => settings.Chains(task)).Mistakes).Key;
    }

    [Fact]
    public void No_chain_leads_from_one_partition_into_another() => Assert.StartsWith(
        "SIDECAR_ROLE_ARN (hop 2) is arn:aws-cn:iam::123456789012:role/b, but an earlier hop is in the partition aws",
        Assert.Single(Loading.Mistakes(
            ("SIDECAR_ROLE_ARN", "arn:aws:iam::123456789012:role/a,arn:aws-cn:iam::123456789012:role/b"),
            ("SIDECAR_Destinations__default__Hops__1__Region", "cn-north-1"))),
        StringComparison.Ordinal);
}
