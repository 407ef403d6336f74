using CredentialSidecar.Launcher.Plan;
using CredentialSidecar.Launcher.Tokens;
using Xunit;

namespace CredentialSidecar.Tests.Launcher;

/// <summary>The environment that a program gets (contract R12, R13, R16).</summary>
public sealed class EnvironmentPlanTests
{
    private const string Uri = "http://127.0.0.1:9170/v1/credentials/reports";

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")]
    [InlineData("AWS_WEB_IDENTITY_TOKEN_FILE")]
    [InlineData("AWS_ROLE_ARN")]
    public void A_competing_variable_of_an_orchestrator_is_unset_and_not_emptied(string name)
    {
        var planned = Plan(["AWS_WEB_IDENTITY_TOKEN_FILE=/irsa", $"{name}=/v2/credentials/x", "A=1", $"{name}=", $"{name}_OTHER=kept"]);

        Assert.Null(planned[name]);
        Assert.Contains("A=1", planned.Entries);
        Assert.Contains($"{name}_OTHER=kept", planned.Entries);
    }

    [Fact]
    public void R13_The_full_uri_replaces_another_agents()
    {
        var planned = Plan([EnvironmentPlan.FullUri + "=http://169.254.170.23/v1/credentials"]);
        var entries = planned.Entries.Where(entry => entry.StartsWith("AWS_CONTAINER_", StringComparison.Ordinal));
        Assert.Equal([EnvironmentPlan.FullUri + "=" + Uri], entries);
    }

    [Fact]
    public void R12_The_token_is_given_as_variable_and_as_file()
    {
        var planned = Plan(
            ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/eks/token", "CREDENTIAL_LAUNCH_TOKEN=secret"],
            new("secret", "/credential-sidecar/token"));

        Assert.Equal("secret", planned[EnvironmentPlan.Token]);
        Assert.Equal("/credential-sidecar/token", planned[EnvironmentPlan.TokenFile]);
        Assert.Null(planned[EnvironmentPlan.LaunchToken]);
    }

    [Fact]
    public void R12_A_file_that_holds_another_token_does_not_stay_beside_the_variable()
    {
        var planned = Plan(["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/eks/token"], new("secret", null));

        Assert.Equal("secret", planned[EnvironmentPlan.Token]);
        Assert.Null(planned[EnvironmentPlan.TokenFile]);
    }

    [Fact]
    public void Without_a_token_none_is_left_over_from_elsewhere()
    {
        var planned = Plan(["AWS_CONTAINER_AUTHORIZATION_TOKEN=old", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/eks/token"]);

        Assert.Null(planned[EnvironmentPlan.Token]);
        Assert.Null(planned[EnvironmentPlan.TokenFile]);
    }

    [Theory]
    [InlineData(null, null, "127.0.0.1,localhost", "127.0.0.1,localhost")]
    [InlineData("a.example", null, "a.example,127.0.0.1,localhost", "a.example,127.0.0.1,localhost")]
    [InlineData(null, "a.example", "a.example,127.0.0.1,localhost", "a.example,127.0.0.1,localhost")]
    [InlineData("a", "", "a,127.0.0.1,localhost", "a,127.0.0.1,localhost")]
    [InlineData("a", "b", "a,127.0.0.1,localhost", "b,127.0.0.1,localhost")]
    [InlineData("localhost, 127.0.0.1", "LOCALHOST", "localhost, 127.0.0.1", "LOCALHOST,127.0.0.1")]
    [InlineData("*", null, "*", "*")]
    [InlineData("x127.0.0.1", null, "x127.0.0.1,127.0.0.1,localhost", "x127.0.0.1,127.0.0.1,localhost")]
    public void R16_Loopback_is_kept_off_the_proxy_without_hiding_what_was_there(
        string? upper, string? lower, string wantedUpper, string wantedLower)
    {
        string[] upperEntry = upper is null ? [] : [$"NO_PROXY={upper}"];
        string[] lowerEntry = lower is null ? [] : [$"no_proxy={lower}"];
        var planned = Plan([.. upperEntry, .. lowerEntry]);

        Assert.Equal((wantedUpper, wantedLower), (planned["NO_PROXY"], planned["no_proxy"]));
    }

    [Fact]
    public void Everything_else_stays_as_it_was_and_where_it_was()
    {
        string[] before = ["PATH=/bin", "ODD", "EMPTY=", "LATIN=\xe9\xff", "TWICE=1", "TWICE=2", "AWS_REGION=eu-central-1"];

        Assert.Equal(before, Plan(before).Entries.Take(before.Length));
    }

    [Fact]
    public void Planning_twice_changes_nothing_more()
    {
        var once = Plan(["NO_PROXY=a", "AWS_ROLE_ARN=x"], new("secret", "/t"));

        Assert.Equal(once.Entries, EnvironmentPlan.Make(once, Uri, new AuthorizationToken("secret", "/t")).Entries);
    }

    [Theory]
    [InlineData("X=", false, "true")]
    [InlineData("AWS_EC2_METADATA_DISABLED=", false, "true")]
    [InlineData("AWS_EC2_METADATA_DISABLED=false", false, "false")]
    [InlineData("X=", true, null)]
    public void Instance_metadata_is_disabled_unless_somebody_decided_otherwise(string variable, bool allowed, string? value) =>
        Assert.Equal(value, EnvironmentPlan.Make(new Variables([variable]), Uri, null, allowed)[EnvironmentPlan.MetadataDisabled]);

    [Fact]
    public void A_region_that_was_found_is_set_under_both_names()
    {
        var planned = EnvironmentPlan.Make(new Variables(["AWS_REGION="]), Uri, null, region: "eu-central-1");

        Assert.Equal(("eu-central-1", "eu-central-1"), (planned["AWS_REGION"], planned["AWS_DEFAULT_REGION"]));
        Assert.Null(Plan([])["AWS_REGION"]);
    }

    private static Variables Plan(string[] entries, AuthorizationToken? token = null) =>
        EnvironmentPlan.Make(new Variables(entries), Uri, token);
}
