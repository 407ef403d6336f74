using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Settings in variables of their own, and the variables of others that look like them.</summary>
public sealed class SettingVariablesTests
{
    private const string One = "arn:aws:iam::111111111111:role/one";
    private const string Two = "arn:aws:iam::222222222222:role/two";

    [Fact]
    public void SIDECAR_ROLE_ARN_lists_the_hops_of_default_and_the_other_two_are_for_the_last()
    {
        var settings = Settings.Load(
            ("SIDECAR_ROLE_ARN", $" {One} , {Two} "), ("SIDECAR_EXTERNAL_ID", "abc"), ("SIDECAR_SESSION_NAME", "me"));
        var hops = settings.Options.Destinations["default"].Hops;

        Assert.Equal([(One, null, null), (Two, "abc", "me")], hops.Select(hop => (hop.RoleArn, hop.ExternalId, hop.SessionName)));
    }

    [Fact]
    public void A_short_name_can_be_refined_by_long_ones() => Assert.Equal(
        1800,
        Settings.Load(
            ("SIDECAR_ROLE_ARN", One),
            ("SIDECAR_Destinations__default__Hops__0__DurationSeconds", "1800"))
            .Options.Destinations["default"].Hops[0].DurationSeconds);

    [Theory]
    [InlineData("SIDECAR_ROLE_ARN", $"{One},", "SIDECAR_ROLE_ARN (hop 2) is missing")]
    [InlineData("SIDECAR_ROLE_ARN", " ", "SIDECAR_ROLE_ARN is missing")]
    [InlineData(
        "SIDECAR_ROLE_ARN",
        $"{One};{Two}",
        "SIDECAR_ROLE_ARN is \"arn:aws:iam::111111111111:role/one;arn:aws:iam::222222222222:role/two\"")]
    [InlineData("SIDECAR_EXTERNAL_ID", "abc", "SIDECAR_ROLE_ARN is missing")]
    [InlineData(
        "SIDECAR_Destinations__x__Hops__1__RoleArn",
        One,
        "SIDECAR_Destinations__x__Hops__1 is not the next item of the list, which is Destinations:x:Hops:0")]
    [InlineData("SIDECAR_Destinations__x__Hops__00__RoleArn", One, "SIDECAR_Destinations__x__Hops__00 is not the next item of the list")]
    [InlineData(
        "SIDECAR_Destinations__x__Hops__0",
        One,
        "SIDECAR_Destinations__x__Hops__0 is a single value; expected variables for each of RoleArn, ExternalId")]
    [InlineData(
        "SIDECAR_Destinations__x__Hops",
        "{}",
        "SIDECAR_Destinations__x__Hops is a single value; expected variables such as SIDECAR_Destinations__x__Hops__0__RoleArn")]
    [InlineData("SIDECAR_Destinations__x__Lazy", "true", "SIDECAR_Destinations__x__Hops is missing; give at least one hop with a RoleArn")]
    [InlineData(
        "SIDECAR_Destinations__Big.Name__Hops__0__RoleArn",
        One,
        "SIDECAR_Destinations__Big.Name is not a valid name for a destination; expected 1 to 64 of a-z 0-9 _ -")]
    [InlineData(
        "SIDECAR_Destinations",
        "{}",
        "SIDECAR_Destinations is a single value; expected variables such as SIDECAR_Destinations__NAME__Hops__0__RoleArn")]
    [InlineData("SIDECAR_Foo__Bar", "1", "SIDECAR_Foo__Bar is not a setting; expected one of SIDECAR_TOKEN, ")]
    [InlineData("SIDECAR_", "1", "SIDECAR_ is not a setting")]
    [InlineData("sidecar_token", "x", "sidecar_token is not a setting; did you mean SIDECAR_TOKEN?")]
    [InlineData("SIDECAR_Config_File", "x", "SIDECAR_Config_File is not a setting; did you mean SIDECAR_CONFIG_FILE?")]
    [InlineData("SIDECAR_Listen__Port", "9170", "SIDECAR_PORT sets the same setting as SIDECAR_Listen__Port; keep one of them")]
    [InlineData("SIDECAR_Access__token", "0123456789abcdef",
        "SIDECAR_TOKEN sets the same setting as SIDECAR_Access__token; keep one of them")]
    [InlineData("SIDECAR_HEALTH_ADDRESS", "0.0.0.0", "SIDECAR_HEALTH_ADDRESS is 0.0.0.0, but health always listens on 127.0.0.1")]
    [InlineData("SIDECAR_HEALTH_ADDRESS", "localhost", "SIDECAR_HEALTH_ADDRESS is \"localhost\"; expected an IP address")]
    [InlineData("SIDECAR_HEALTH_ADDRESS", "9170", "SIDECAR_HEALTH_ADDRESS is \"9170\"; expected an IP address")]
    [InlineData("SIDECAR_HEALTH_ADDRESS", "[::1]:80", "SIDECAR_HEALTH_ADDRESS is \"[::1]:80\"; expected an IP address")]
    public void A_wrong_variable_is_named_as_it_was_written(string variable, string value, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Loading.Mistakes((variable, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData("SIDECAR_Drain")]
    [InlineData("SIDECAR_drain")]
    [InlineData("SIDECAR_DRAIN")]
    [InlineData("sidecar_Drain")]
    public void Drain_is_its_own_long_name(string variable) =>
        Assert.Equal(TimeSpan.FromSeconds(3), Settings.Load((variable, "3")).Drain);

    [Fact]
    public void Two_ports_are_needed() => Assert.Equal(
        ["SIDECAR_HEALTH_PORT is 9170, which SIDECAR_PORT already uses; set different ports"],
        Loading.Mistakes(("SIDECAR_PORT", "9170"), ("SIDECAR_HEALTH_PORT", "9170")));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "SIDECAR_Listen__Addresses__1 is \"127.0.0.1\" a second time")]
    [InlineData("0.0.0.0", "10.0.0.1", "SIDECAR_Listen__Addresses__0 is 0.0.0.0, which includes all other addresses")]
    public void Addresses_that_cannot_be_listened_on_together_are_a_mistake(string first, string second, string expected)
    {
        var mistakes = Loading.Mistakes(("SIDECAR_Listen__Addresses__0", first), ("SIDECAR_Listen__Addresses__1", second));
        Assert.StartsWith(expected, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_variables_of_a_Kubernetes_Service_called_sidecar_are_ignored_with_one_warning_that_says_what_to_do()
    {
        var (settings, warnings) = SettingsLoader.Load(Settings.Environment(
            ("SIDECAR_SERVICE_HOST", "10.0.0.1"),
            ("SIDECAR_SERVICE_PORT", "80"),
            ("SIDECAR_SERVICE_PORT_HTTP", "80"),
            ("SIDECAR_PORT", "tcp://10.0.0.1:80"),
            ("SIDECAR_PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("SIDECAR_PORT_80_TCP_PROTO", "tcp"),
            ("SIDECAR_PORT_80_TCP_PORT", "80"),
            ("SIDECAR_PORT_80_TCP_ADDR", "10.0.0.1")));

        var warning = Assert.Single(warnings).ToString();
        Assert.StartsWith(
            "SIDECAR_PORT is set by Kubernetes for the Service 'sidecar' (so also SIDECAR_PORT_80_TCP, ",
            warning,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "SIDECAR_SERVICE_PORT_HTTP) and is ignored; set enableServiceLinks: false in the pod's spec",
            warning,
            StringComparison.Ordinal);
        Assert.Equal(9170, settings.Listen.Port);
    }

    [Fact]
    public void A_Service_called_sidecar_health_is_told_from_the_health_port()
    {
        var (settings, warnings) = SettingsLoader.Load(Settings.Environment(("SIDECAR_HEALTH_PORT", "tcp://10.0.0.1:80")));
        Assert.StartsWith(
            "SIDECAR_HEALTH_PORT is set by Kubernetes for the Service 'sidecar-health'",
            Assert.Single(warnings).ToString(),
            StringComparison.Ordinal);
        Assert.Equal(9171, settings.Health.Port);
        Assert.Empty(SettingsLoader.Load(Settings.Environment(("SIDECAR_HEALTH_PORT", "9171"))).Warnings);
    }
}
