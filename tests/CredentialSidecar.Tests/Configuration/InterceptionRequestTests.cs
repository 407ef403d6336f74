using CredentialSidecar.Configuration;
using CredentialSidecar.Configuration.Settings;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>What an init container needs, and how the command line joins the configuration.</summary>
public sealed class InterceptionRequestTests : InterceptionLoading
{
    [Fact]
    public void An_init_container_needs_neither_token_nor_source_nor_destination() =>
        Assert.Equal([new InterceptedUser(1000, "reports", 9172)], Users([], (Uid1000, "reports")));

    [Fact]
    public void Uids_of_the_command_line_suffice()
    {
        var users = Users(["1000=reports", "0=reports"], ("SIDECAR_Interception__IncludeRoot", "true"));
        Assert.Equal([0u, 1000u], users.Select(user => user.Uid));
    }

    [Theory]
    [InlineData("reports", "reports")]
    [InlineData("reports:9172", "reports")]
    [InlineData("reports", "reports:9172")]
    public void Uids_of_both_places_may_say_the_same(string asked, string configured) =>
        Assert.Single(Users([$"1000={asked}"], (Uid1000, configured)));

    [Theory]
    [InlineData("1000=reader", "--uid gives 1000=reader:9172, but SIDECAR_Interception__Uids gives 1000=reports:9172")]
    [InlineData("1000=reports:9173", "--uid gives 1000=reports:9173, but SIDECAR_Interception__Uids gives 1000=reports:9172")]
    [InlineData("1001=reports", "--uid gives 1001=reports:9173, but SIDECAR_Interception__Uids gives 1000=reports:9172")]
    [InlineData("1000", "--uid is \"1000\"; expected a uid and a destination: 1000=reports or 1000=reports:9172")]
    public void Uids_of_the_command_line_that_are_wrong_or_say_something_else_are_a_mistake(string uid, string text) =>
        Assert.StartsWith(text, Assert.Single(Mistakes([uid], (Uid1000, "reports"))), StringComparison.Ordinal);

    [Fact]
    public void A_uid_given_twice_is_a_mistake() =>
        Assert.Contains("already given", Assert.Single(Mistakes(["1000=a", "1000=b"])), StringComparison.Ordinal);

    [Fact]
    public void Asking_for_nothing_is_a_mistake() => Assert.StartsWith(
        "--uid is not given, and Interception:Uids is not set", Assert.Single(Mistakes([])), StringComparison.Ordinal);

    [Fact]
    public void Root_and_the_sidecar_itself_are_refused_on_the_command_line_too() => Assert.Equal(2, Mistakes(["0=a", "9170=a"]).Count);

    [Fact]
    public void A_mistake_elsewhere_is_no_business_of_an_init_container() =>
        Assert.Empty(Mistakes(["1000=reports"], ("SIDECAR_DRAIN", "x"), ("SIDECAR_Nonsense", "x")));

    [Theory]
    [InlineData("networking", "SIDECAR_Destinations__networking__Hops__0__Nonsense")]
    [InlineData("interception-a", "SIDECAR_Destinations__interception-a__Hops__0__Nonsense")]
    [InlineData("reports", "SIDECAR_Access__Clients__networking__Nonsense")]
    public void A_mistake_under_a_name_that_only_sounds_like_a_section_is_not_one_of_it(string destination, string name) =>
        Assert.Empty(Mistakes([$"1000={destination}"], (name, "x")));

    [Theory]
    [InlineData("SIDECAR_Interception__Nonsense", "x")]
    [InlineData("SIDECAR_INTERCEPTION__PORT", "x")]
    [InlineData("SIDECAR_Networking__Nonsense", "x")]
    public void A_mistake_in_a_section_of_interception_counts_in_any_spelling(string name, string value) =>
        Assert.Single(Mistakes(["1000=reports"], (name, value)));

    [Theory]
    [InlineData("1000")]
    [InlineData("1000", "1001=reader")]
    public void A_uid_without_a_destination_is_one_mistake_and_no_other_follows_from_it(params string[] uids)
    {
        Assert.StartsWith("--uid is \"1000\"; expected a uid and a destination", Assert.Single(Mistakes(uids)), StringComparison.Ordinal);
        var mistakes = Mistakes(uids, (Uid1000, "reports"), ("SIDECAR_Interception__Uids__1001", "reader"));
        Assert.StartsWith(
            "--uid is \"1000\"; expected a uid and a destination", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_cannot_be_read_is_one() => Assert.NotEmpty(Mistakes(["1000=reports"], ("SIDECAR_CONFIG", "{")));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_guard_and_a_block_need_no_uids(bool guard, bool block) =>
        Assert.Empty(Load(new InterceptionRequest([], false, guard, block), []).Users);

    [Fact]
    public void The_settings_ask_for_them_as_the_flags_do()
    {
        var interception = Load(
            new InterceptionRequest([]),
            [("SIDECAR_Interception__Guard", "true"), ("SIDECAR_Interception__BlockImds", "true")]).Options.Interception;
        Assert.Equal((true, true), (interception.Guard, interception.BlockImds));
    }
}
