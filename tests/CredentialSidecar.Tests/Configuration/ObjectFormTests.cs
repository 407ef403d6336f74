using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Tags and a policy as a person writes them: as objects.</summary>
public sealed class ObjectFormTests
{
    [Theory]
    [InlineData("\"Policy\": []", "Policy")]
    [InlineData("\"ExternalId\": []", "ExternalId")]
    [InlineData("\"SourceIdentity\": {}", "SourceIdentity")]
    public void An_empty_list_or_object_is_not_taken_for_a_setting_that_is_left_out(string setting, string key) =>
        Assert.StartsWith(
            $"Destinations:one:Hops:0:{key} in SIDECAR_CONFIG is an object or a list; expected ",
            Assert.Single(Loading.MistakesInJson(Loading.Hop(setting))),
            StringComparison.Ordinal);

    [Fact]
    public void Tags_may_be_an_object_whatever_stands_in_their_keys()
    {
        var json = Loading.Hop(
            """ "Tags": { "team": "x", "a:b": "", "Cost Centre": 42 }, "TransitiveTagKeys": [ "team" ] """);
        var hop = Loading.LoadJson(json).Options.Destinations["one"].Hops[0];

        Assert.Equal([("team", "x"), ("a:b", ""), ("Cost Centre", "42")], hop.Tags.Select(tag => (tag.Key, tag.Value)));
        Assert.Empty(Loading.LoadJson(Loading.Hop(""" "Tags": {} """)).Options.Destinations["one"].Hops[0].Tags);
    }

    [Fact]
    public void A_variable_for_each_tag_may_name_its_key()
    {
        var settings = Settings.Load(
            ("SIDECAR_Destinations__reports__Hops__0__Tags__team", "x"),
            ("SIDECAR_Destinations__reports__Hops__0__Tags__stage", "prod"));
        var hop = settings.Options.Destinations["reports"].Hops[0];
        Assert.Equal([("stage", "prod"), ("team", "x")], hop.Tags.Select(tag => (tag.Key, tag.Value)).Order());
        Assert.StartsWith("SIDECAR_Destinations__reports__Hops__0__Tags__team is \"a*\"; expected at most 256",
            Assert.Single(Loading.Mistakes(("SIDECAR_Destinations__reports__Hops__0__Tags__team", "a*"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "Tags": { "team": "a*" } """, "Tags:team in SIDECAR_CONFIG is \"a*\"; expected at most 256")]
    [InlineData(""" "Tags": { "aws:x": "1" } """, "Tags:aws:x in SIDECAR_CONFIG begins with aws:")]
    [InlineData(""" "Tags": { "team": { "Value": "x" } } """, "Tags:team in SIDECAR_CONFIG is an object or a list; expected text")]
    [InlineData(""" "Tags": { "team": "x", "Team": "y" } """, "Tags:Team in SIDECAR_CONFIG is \"Team\" a second time")]
    [InlineData(""" "Tags": { "team": null } """, "Tags:team in SIDECAR_CONFIG is missing; give a value")]
    public void A_wrong_tag_of_an_object_is_named_as_it_was_written(string tags, string expected) => Assert.StartsWith(
        $"Destinations:one:Hops:0:{expected}", Assert.Single(Loading.MistakesInJson(Loading.Hop(tags))), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:Get*", "Resource": "*" } ] }""")]
    [InlineData(
        "\"{ \\\"Version\\\": \\\"2012-10-17\\\",\\n \\\"Statement\\\": " +
        "[ { \\\"Effect\\\": \\\"Allow\\\", \\\"Action\\\": \\\"s3:Get*\\\", \\\"Resource\\\": \\\"*\\\" } ] }\"")]
    public void A_policy_may_be_an_object_or_a_text_and_is_sent_without_blanks(string policy) => Assert.Equal(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}""",
        Loading.LoadJson(Loading.Hop($"\"Policy\": {policy}")).Options.Destinations["one"].Hops[0].Policy);

    [Fact]
    public void A_policy_is_measured_without_its_blanks()
    {
        var blanks = new string(' ', 5000);
        Assert.Empty(Loading.MistakesInJson(Loading.Hop($$"""  "Policy": { {{blanks}} "Version": "2012-10-17" }""")));
        Assert.Empty(Loading.MistakesInJson(Loading.Hop($$"""  "Policy": "{ {{blanks}} \"Version\": \"2012-10-17\" }" """)));
        Assert.Contains("characters without whitespace between tokens; expected at most 2048",
            Assert.Single(Loading.MistakesInJson(Loading.Hop(
                $$"""  "Policy": { "Version": "{{new string('x', 2048)}}" }"""))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_keeps_the_characters_that_only_HTML_would_escape() => Assert.Equal(
        """{"Sid":"a<b>&'+ü"}""",
        Loading.LoadJson(Loading.Hop(""" "Policy": { "Sid": "a<b>&'+ü" } """)).Options.Destinations["one"].Hops[0].Policy);
}
