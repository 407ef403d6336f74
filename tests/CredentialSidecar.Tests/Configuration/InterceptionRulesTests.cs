using System.Globalization;
using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Options;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

public sealed class InterceptionRulesTests : InterceptionLoading
{
    [Fact]
    public void Without_Uids_there_is_no_interception_and_nothing_to_get_wrong() =>
        Assert.Empty(Loading.Mistakes(("SIDECAR_Source__Kind", "Default"), ("SIDECAR_PORT", "9172")));

    [Fact]
    public void A_uid_with_a_destination_is_right() =>
        Assert.Equal([new InterceptedUser(1000, "reports", 9172)], Settings.Load((Uid1000, "reports")).Intercepted);

    [Theory]
    [InlineData("1000", "reports", 9172)]
    [InlineData("1001", "reports", 9173)]
    [InlineData("10999", "reports", 19171)]
    [InlineData("999", "reports", 19171)]
    [InlineData("0", "reports", 18172)]
    [InlineData("65534", "reports", 13706)]
    [InlineData("4294967294", "reports", 15466)]
    [InlineData("1000", "reports:9000", 9000)]
    public void A_uids_port_is_the_one_it_names_or_follows_from_the_uid_alone(string uid, string value, int port)
    {
        (string, string)[] alone = [($"SIDECAR_Interception__Uids__{uid}", value), ("SIDECAR_Interception__IncludeRoot", "true")];

        Assert.Equal(port, Assert.Single(Users([], alone)).Port);
        (string, string)[] between =
            [("SIDECAR_Interception__Uids__2001", "reader"), .. alone, ("SIDECAR_Interception__Uids__7", "reader")];
        var configured = Users([], between).Single(user => user.Uid.ToString(CultureInfo.InvariantCulture) == uid);
        Assert.Equal(port, configured.Port);
        var asked = Users([$"{uid}={value}", "2001=reader"], ("SIDECAR_Interception__IncludeRoot", "true"));
        Assert.Equal(port, asked.Single(user => user.Destination == "reports").Port);
    }

    [Theory]
    [InlineData("reports:")]
    [InlineData("reports:x")]
    [InlineData(":9172")]
    [InlineData("reports:9172:1")]
    [InlineData("reports: 9172")]
    [InlineData("reports:-1")]
    public void A_destination_that_is_neither_a_name_nor_a_name_and_a_port_is_a_mistake(string value) => Assert.Equal(
        [
            $"SIDECAR_Interception__Uids__1000 is \"{value}\"; " +
            "expected a destination, or a destination and a port such as reports:9172",
        ],
        Loading.Mistakes((Uid1000, value)));

    [Theory]
    [InlineData("reports:0", "has port 0; expected 1 to 65535; set another port")]
    [InlineData("reports:65536", "has port 65536; expected 1 to 65535; set another port")]
    [InlineData("reports:9170", "has port 9170, which Listen:Port already uses; set another port")]
    [InlineData("reports:9171", "has port 9171, which Health:Port already uses; set another port")]
    public void A_port_that_cannot_be_the_uids_own_is_a_mistake(string value, string text) =>
        Assert.StartsWith($"{Uid1000} {text}", Assert.Single(Mistakes([], (Uid1000, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "11000",
        "reports",
        "Interception__Uids__11000 has port 9172, which uid 1000 already uses; " +
        "set another port, here and for intercept up: reports:PORT")]
    [InlineData("1001", "reports:9172", "Interception__Uids__1001 has port 9172, which uid 1000 already uses")]
    public void Two_uids_on_one_port_are_a_mistake_and_none_is_moved(string uid, string value, string text)
    {
        (string, string)[] variables = [(Uid1000, "reports"), ($"SIDECAR_Interception__Uids__{uid}", value)];
        Assert.StartsWith($"SIDECAR_{text}", Assert.Single(Mistakes([], variables)), StringComparison.Ordinal);
        var users = Users([], (Uid1000, "reports"), ($"SIDECAR_Interception__Uids__{uid}", "reports:9173"));
        Assert.Equal([9172, 9173], users.Select(user => user.Port));
    }

    [Fact]
    public void A_guard_needs_ports_that_are_known() => Assert.Equal(
        ["Interception:Guard needs a fixed port, but SIDECAR_PORT is 0; set it to a port"],
        Mistakes([], guard: true, ("SIDECAR_PORT", "0")));

    [Theory]
    [InlineData("alice", "is not a uid; expected a number")]
    [InlineData("01000", "is not a uid; expected a number")]
    [InlineData("-1", "is not a uid; expected a number")]
    [InlineData("4294967295", "is not a uid; expected a number")]
    [InlineData("9170", "is the sidecar's own uid")]
    [InlineData("0", "is root, which ECS Exec uses to read the task role")]
    public void A_uid_that_cannot_be_intercepted_is_a_mistake(string uid, string text) =>
        Assert.StartsWith(
            $"SIDECAR_Interception__Uids__{uid} {text}",
            Assert.Single(Loading.Mistakes(($"SIDECAR_Interception__Uids__{uid}", "reports"))),
            StringComparison.Ordinal);

    [Fact]
    public void Root_is_right_where_it_is_said_twice() =>
        Assert.Empty(Loading.Mistakes(("SIDECAR_Interception__Uids__0", "reports"), ("SIDECAR_Interception__IncludeRoot", "true")));

    [Theory]
    [InlineData(Uid1000, "nobody", "SIDECAR_Interception__Uids__1000 is \"nobody\"; expected the name of a destination")]
    [InlineData(
        "SIDECAR_Interception__Port",
        "65536",
        "SIDECAR_Interception__Port is 65536; expected a port number (1-65535)",
        "SIDECAR_Interception__Uids__1000 has port 65536; expected 1 to 65535; " +
        "set another port, here and for intercept up: reports:PORT")]
    [InlineData(
        "SIDECAR_HEALTH_PORT",
        "9172",
        "SIDECAR_Interception__Uids__1000 has port 9172, which SIDECAR_HEALTH_PORT already uses; " +
        "set another port, here and for intercept up: reports:PORT")]
    [InlineData(
        "SIDECAR_PORT",
        "9172",
        "SIDECAR_Interception__Uids__1000 has port 9172, which SIDECAR_PORT already uses; " +
        "set another port, here and for intercept up: reports:PORT")]
    [InlineData(
        "SIDECAR_Networking__LinkLocalAddress",
        "10.0.0.1",
        "SIDECAR_Networking__LinkLocalAddress is \"10.0.0.1\"; expected 169.254.170.2, 169.254.170.23 or fd00:ec2::23")]
    public void A_setting_out_of_range_is_a_mistake(string name, string value, params string[] texts) =>
        Assert.Equal(texts, Loading.Mistakes([(Uid1000, "reports"), (name, value)]));

    [Theory]
    [InlineData("SIDECAR_Source__Kind", "Default")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")]
    public void The_source_must_be_the_agent_that_interception_stands_in_for(string name, string value) => Assert.Contains(
        Loading.Mistakes(
            (Uid1000, "reports"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", name.StartsWith("AWS", StringComparison.Ordinal) ? null : "/x"),
            (name, value)),
        text => text.Contains("the source is not the ECS agent", StringComparison.Ordinal));
}
