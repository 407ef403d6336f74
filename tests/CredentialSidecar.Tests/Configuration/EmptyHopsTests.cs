using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>An empty list of hops is a choice, and only where it is written as one.</summary>
public sealed class EmptyHopsTests
{
    private const string Missing = "is missing; give at least one hop with a RoleArn, or [] to serve the source's own credentials";
    private const string Key = "Destinations:task:Hops in SIDECAR_CONFIG", Variable = "SIDECAR_Destinations__task__Hops";

    [Fact]
    public void An_empty_list_is_a_destination_without_hops()
    {
        Assert.Empty(Loading.LoadJson("""{ "Destinations": { "task": { "Hops": [] } } }""").Options.Destinations["task"].Hops);
        Assert.Empty(Settings.Load((Variable, "[]")).Options.Destinations["task"].Hops);
        Assert.Empty(Settings.Load(("SIDECAR_destinations__task__hops", " [] ")).Options.Destinations["task"].Hops);
    }

    [Theory]
    [InlineData("""{ }""", Key, Missing)]
    [InlineData("""{ "Hops": null }""", Key, Missing)]
    [InlineData("""{ "Hops": {} }""", Key, "is an object; expected a list: [ { \"RoleArn\": … } ]")]
    [InlineData("""{ "Hops": "" }""", Key, "is a single value; expected a list: [ { \"RoleArn\": … } ]")]
    [InlineData(
        """{ "Hops": [ {} ] }""",
        "Destinations:task:Hops:0:RoleArn in SIDECAR_CONFIG", "is missing; write arn:aws:iam::123456789012:role/name")]
    public void Nothing_else_is(string task, string key, string text) =>
        Assert.Equal([$"{key} {text}"], Loading.MistakesInJson($$"""{ "Destinations": { "task": {{task}} } }"""));

    [Theory]
    [InlineData("[ ]", "is a single value; expected variables")]
    [InlineData("none", "is a single value; expected variables")]
    public void A_variable_says_so_by_two_brackets_alone(string value, string text) =>
        Assert.StartsWith($"{Variable} {text}", Assert.Single(Loading.Mistakes((Variable, value))), StringComparison.Ordinal);

    [Fact]
    public void A_variable_cannot_give_hops_too() => Assert.Equal(
        [$"{Variable} is [], but something in the list is set too; keep one of them"],
        Loading.Mistakes((Variable, "[]"), ("SIDECAR_Destinations__task__Hops__0__RoleArn", Settings.ReportsRole)));

    [Fact]
    public void An_empty_variable_is_not_set() => Assert.StartsWith(
        $"{Variable} {Missing}",
        Assert.Single(Loading.Mistakes((Variable, ""), ("SIDECAR_Destinations__task__Lazy", "true"))), StringComparison.Ordinal);

    [Fact]
    public void A_destination_that_no_client_lists_is_warned_of()
    {
        Assert.Equal($"{Variable} is empty, so the destination serves the source's own credentials, and no client may read it; "
            + "list it in Access:Clients:NAME:Destinations; the client of SIDECAR_TOKEN and anonymous access may not read it",
            Assert.Single(Loading.Warnings(SourceDestination.Alone)));
        Assert.Empty(Loading.Warnings(SourceDestination.Listed));
        Assert.Empty(Loading.Warnings([.. SourceDestination.Alone, ("SIDECAR_Interception__Uids__1000", "task")]));
    }
}
