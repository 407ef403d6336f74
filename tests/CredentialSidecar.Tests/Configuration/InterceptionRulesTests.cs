using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

public sealed class InterceptionRulesTests
{
    private const string Uid1000 = "SIDECAR_Interception__Uids__1000";

    [Fact]
    public void Without_Uids_there_is_no_interception_and_nothing_to_get_wrong() => Assert.Empty(Loading.Mistakes(("SIDECAR_Source__Kind", "Default"), ("SIDECAR_PORT", "9172")));

    [Fact]
    public void A_uid_with_a_destination_is_right() => Assert.Equal("reports", Settings.Load((Uid1000, "reports")).Options.Interception.Uids["1000"]);

    [Theory]
    [InlineData("alice", "is no uid, expected a number")]
    [InlineData("01000", "is no uid, expected a number")]
    [InlineData("-1", "is no uid, expected a number")]
    [InlineData("4294967295", "is no uid, expected a number")]
    [InlineData("9170", "is the sidecar's own uid")]
    [InlineData("0", "is root, as whom ECS Exec reads the task role")]
    public void A_uid_that_cannot_be_intercepted_is_a_mistake(string uid, string text) =>
        Assert.StartsWith($"SIDECAR_Interception__Uids__{uid} {text}", Assert.Single(Loading.Mistakes(($"SIDECAR_Interception__Uids__{uid}", "reports"))), StringComparison.Ordinal);

    [Fact]
    public void Root_is_right_where_it_is_said_twice() =>
        Assert.Empty(Loading.Mistakes(("SIDECAR_Interception__Uids__0", "reports"), ("SIDECAR_Interception__IncludeRoot", "true")));

    [Theory]
    [InlineData(Uid1000, "nobody", "SIDECAR_Interception__Uids__1000 is 'nobody', expected the name of a destination")]
    [InlineData("SIDECAR_Interception__Port", "0", "SIDECAR_Interception__Port is 0, expected a port, 1 to 65535")]
    [InlineData("SIDECAR_HEALTH_PORT", "9172", "SIDECAR_Interception__Port is 9172, and so is SIDECAR_HEALTH_PORT; they need two ports")]
    [InlineData("SIDECAR_PORT", "9172", "SIDECAR_Interception__Port is 9172, and so is SIDECAR_PORT; they need two ports")]
    [InlineData("SIDECAR_Networking__LinkLocalAddress", "10.0.0.1", "SIDECAR_Networking__LinkLocalAddress is '10.0.0.1', expected 169.254.170.2 or 169.254.170.23")]
    public void A_setting_out_of_range_is_a_mistake(string name, string value, string text) =>
        Assert.Equal([text], Loading.Mistakes([(Uid1000, "reports"), (name, value)]));

    [Theory]
    [InlineData("SIDECAR_Source__Kind", "Default")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")]
    public void The_source_must_be_the_agent_that_interception_stands_in_for(string name, string value) => Assert.Contains(
        Loading.Mistakes((Uid1000, "reports"), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", name.StartsWith("AWS", StringComparison.Ordinal) ? null : "/x"), (name, value)),
        text => text.Contains("the source is not the ECS agent", StringComparison.Ordinal));

    [Fact]
    public void An_init_container_needs_neither_token_nor_source_nor_destination() =>
        Assert.Equal("reports", Read([], ("SIDECAR_Interception__Uids__1000", "reports")).Interception.Uids["1000"]);

    [Fact]
    public void Uids_of_the_command_line_suffice() => Assert.Equal(["0", "1000"], Read(["1000=reports", "0=reports"], root: true).Interception.Uids.Keys.Order());

    [Fact]
    public void Uids_of_both_places_may_say_the_same() => Assert.Single(Read(["1000=reports"], (Uid1000, "reports")).Interception.Uids);

    [Theory]
    [InlineData("1000=reader", "--uid gives 1000=reader, but SIDECAR_Interception__Uids gives 1000=reports")]
    [InlineData("1001=reports", "--uid gives 1001=reports, but SIDECAR_Interception__Uids gives 1000=reports")]
    [InlineData("1000", "--uid is '1000', expected a uid and a destination: 1000=reports")]
    public void Uids_of_the_command_line_that_are_wrong_or_say_something_else_are_a_mistake(string uid, string text) =>
        Assert.StartsWith(text, Assert.Single(Mistakes([uid], (Uid1000, "reports"))), StringComparison.Ordinal);

    [Fact]
    public void A_uid_given_twice_is_a_mistake() => Assert.Contains("given before", Assert.Single(Mistakes(["1000=a", "1000=b"])), StringComparison.Ordinal);

    [Fact]
    public void Asking_for_nothing_is_a_mistake() => Assert.StartsWith("--uid is not given, and neither is Interception:Uids", Assert.Single(Mistakes([])), StringComparison.Ordinal);

    [Fact]
    public void Root_and_the_sidecar_itself_are_refused_on_the_command_line_too() => Assert.Equal(2, Mistakes(["0=a", "9170=a"]).Count);

    [Fact]
    public void A_mistake_elsewhere_is_no_business_of_an_init_container() => Assert.Empty(Mistakes(["1000=reports"], ("SIDECAR_DRAIN", "x"), ("SIDECAR_Nonsense", "x")));

    [Fact]
    public void A_document_that_cannot_be_read_is_one() => Assert.NotEmpty(Mistakes(["1000=reports"], ("SIDECAR_CONFIG", "{")));

    private static SidecarOptions Read(string[] uids, params (string Name, string Value)[] variables) => Read(uids, false, variables);

    private static SidecarOptions Read(string[] uids, bool root, params (string Name, string Value)[] variables) =>
        InterceptionLoader.Load(new ProcessEnvironment(variables.Select(v => KeyValuePair.Create(v.Name, v.Value))), null, uids, root);

    private static IReadOnlyList<string> Mistakes(string[] uids, params (string Name, string Value)[] variables)
    {
        try
        {
            Read(uids, variables);
            return [];
        }
        catch (ConfigurationMistakesException e)
        {
            return [.. e.Mistakes.Select(mistake => mistake.ToString())];
        }
    }
}
