using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Where the first credentials come from, and that it is never the sidecar itself.</summary>
public sealed class SourceTests
{
    private const string Relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    private const string Full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

    [Fact]
    public void Passing_on_to_an_agent_that_is_not_there_is_warned_about() => Assert.Equal(
        $"SIDECAR_Passthrough__Metadata is true, but {Full} is set and ECS_CONTAINER_METADATA_URI_V4 is not, so this container has no ECS "
        + "agent; requests would go to http://127.0.0.1:1; remove it",
        Assert.Single(Loading.Warnings(
            ("SIDECAR_Passthrough__Metadata", "true"),
            (Relative, null),
            (Full, "http://169.254.170.23/v1/credentials"),
            ("ECS_CONTAINER_METADATA_URI_V4", null),
            ("AWS_REGION", "eu-central-1"))));

    [Theory]
    [InlineData("http://127.0.0.1:9170")]
    [InlineData("http://localhost:9170/")]
    [InlineData("http://[::1]:9170")]
    [InlineData("http://[::ffff:127.0.0.1]:9170")]
    [InlineData("http://0.0.0.0:9170")]
    [InlineData("http://[::]:9170")]
    [InlineData("http://2130706433:9170")]
    [InlineData("http://127.1:9170")]
    public void A_source_endpoint_that_is_the_sidecar_itself_is_refused(string endpoint)
    {
        var mistake = Assert.Single(Loading.Mistakes(("SIDECAR_PORT", "9170"), ("SIDECAR_SOURCE_ENDPOINT", endpoint)));

        Assert.StartsWith("SIDECAR_SOURCE_ENDPOINT is http://", mistake, StringComparison.Ordinal);
        Assert.Contains("which is this sidecar itself", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TaskRole", "http://127.0.0.1:9170/v1/credentials/reports")]
    [InlineData("Default", "http://127.0.0.1:9170/v1/credentials/reports")]
    [InlineData("Default", "http://localhost:9170/v1/credentials?secret=canary")]
    public void A_full_uri_that_is_the_sidecar_itself_is_refused_for_both_kinds(string kind, string uri)
    {
        var mistake = Assert.Single(Loading.Mistakes(
            ("SIDECAR_PORT", "9170"), ("SIDECAR_Source__Kind", kind), (Relative, null), (Full, uri)));

        Assert.StartsWith(Full, mistake, StringComparison.Ordinal);
        Assert.EndsWith($"which is this sidecar itself; set {Full} in the siblings, not here", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("credentials/reports", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Listening_everywhere_makes_every_address_of_the_machine_the_sidecar_itself()
    {
        var own = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetUnicastAddresses()
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
                && !System.Net.IPAddress.IsLoopback(a));
        Assert.SkipWhen(own is null, "This machine has no address beyond loopback.");

        Assert.Contains("which is this sidecar itself", Assert.Single(Loading.Mistakes(
            ("SIDECAR_PORT", "9170"),
            ("SIDECAR_Listen__Addresses__0", "0.0.0.0"),
            ("SIDECAR_SOURCE_ENDPOINT", $"http://{own}:9170"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9999")]
    [InlineData("http://169.254.170.2:9170")]
    [InlineData("https://127.0.0.1")]
    public void Another_port_or_another_machine_is_not_the_sidecar(string endpoint) =>
        Assert.Empty(Loading.Mistakes(("SIDECAR_PORT", "9170"), ("SIDECAR_SOURCE_ENDPOINT", endpoint)));

    [Theory]
    [InlineData("http://169.254.170.2/v2/credentials",
        "expected an address without a path; the path comes from AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")]
    [InlineData("http://169.254.170.2?id=1", "expected an address without a path")]
    [InlineData("ftp://169.254.170.2", "expected an http or https address")]
    [InlineData("http://me:canary@169.254.170.2", "contains a user name or a password")]
    [InlineData("me:canary@169.254.170.2", "is not shown here; expected an http or https address")]
    public void A_source_endpoint_is_a_bare_address(string endpoint, string expected)
    {
        var mistake = Assert.Single(Loading.Mistakes(("SIDECAR_SOURCE_ENDPOINT", endpoint)));

        Assert.Contains(expected, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_in_the_relative_uri_is_as_good_as_a_credential_and_is_not_shown() => Assert.Equal(
        [$"{Relative} does not begin with /; leave it as ECS sets it"], Loading.Mistakes((Relative, "v2/credentials/0123-4567")));

    [Fact]
    public void The_relative_uri_wins_over_the_full_one_as_in_the_SDKs()
    {
        var source = Settings.Load((Full, "http://169.254.170.23/v1/credentials"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "x")).Source;

        Assert.Equal((new Uri("http://127.0.0.1:1/v2/credentials/none"), null), (source.Endpoint, source.Token));
    }

    [Fact]
    public void The_full_uri_comes_with_its_token()
    {
        var source = Settings.Load(
            (Relative, ""),
            (Full, "http://169.254.170.23/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token")).Source;

        Assert.Equal(
            (SourceKind.TaskRole, new Uri("http://169.254.170.23/v1/credentials"), "/token"),
            (source.Kind, source.Endpoint, source.TokenFile));
        Assert.DoesNotContain("credentials", source.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_source_at_all_is_a_mistake_that_tells_a_laptop_what_to_do()
    {
        Assert.EndsWith(
            "On a laptop, set SIDECAR_Source__Kind=Default instead",
            Assert.Single(Loading.Mistakes((Relative, null))),
            StringComparison.Ordinal);
        Assert.Empty(Loading.Mistakes((Relative, null), ("SIDECAR_Source__Kind", "default")));
    }
}
