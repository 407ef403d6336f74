using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>A list, an object or a single value in the place of another one: the error shows the form to write.</summary>
public sealed class SettingFormTests
{
    [Theory]
    [InlineData("""{ "Access": "x" }""", "Access in SIDECAR_CONFIG is a single value; expected an object of Token, TokenFile, ")]
    [InlineData(
        """{ "Listen": { "Addresses": "127.0.0.1" } }""",
        "Listen:Addresses in SIDECAR_CONFIG is a single value; expected a list: [ \"…\" ]")]
    [InlineData("""{ "Destinations": { "one": { "Hops": [ { "RoleArn": "arn:aws:iam::123456789012:role/one", "Tags": "team=x" } ] } } }""",
        "Destinations:one:Hops:0:Tags in SIDECAR_CONFIG is a single value; expected an object: { \"KEY\": \"VALUE\" }")]
    [InlineData("""{ "Listen": 9170 }""", "Listen in SIDECAR_CONFIG is a single value; expected an object of ")]
    [InlineData(
        """{ "Destinations": [ { "Name": "one", "Hops": [] } ] }""",
        "Destinations in SIDECAR_CONFIG is a list; expected an object: { \"NAME\": { \"Hops\": … } }")]
    [InlineData("""{ "Destinations": { "one": { "Hops": { "RoleArn": "arn:aws:iam::123456789012:role/one" } } } }""",
        "Destinations:one:Hops in SIDECAR_CONFIG is an object; expected a list: [ { \"RoleArn\": … } ]")]
    [InlineData(
        """{ "Destinations": { "one": [ { "RoleArn": "arn:aws:iam::123456789012:role/one" } ] } }""",
        "Destinations:one in SIDECAR_CONFIG is a list; expected an object of Hops, Lazy")]
    [InlineData(
        """{ "Destinations": { "one": { "Hops": [ "arn:aws:iam::123456789012:role/one" ] } } }""",
        "Destinations:one:Hops:0 in SIDECAR_CONFIG is a single value; expected an object of RoleArn, ")]
    [InlineData(
        """{ "Interception": { "Uids": [ "reports" ] } }""",
        "Interception:Uids in SIDECAR_CONFIG is a list; expected an object: { \"NAME\": \"…\" }")]
    public void The_mistake_names_the_key_and_shows_the_form(string json, string expected) => Assert.StartsWith(
        expected,
        Assert.Single(Loading.Mistakes(("SIDECAR_CONFIG", json), ("SIDECAR_PORT", "9170"), ("SIDECAR_HEALTH_PORT", "9171"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "SIDECAR_Destinations__x__Hops",
        "SIDECAR_Destinations__x__Hops is a single value; expected variables such as SIDECAR_Destinations__x__Hops__0__RoleArn")]
    [InlineData(
        "SIDECAR_Destinations__x",
        "SIDECAR_Destinations__x is a single value; expected variables for each of Hops, Lazy " +
        "such as SIDECAR_Destinations__x__Hops__0__RoleArn")]
    [InlineData(
        "SIDECAR_Listen__Addresses",
        "SIDECAR_Listen__Addresses is a single value; expected variables such as SIDECAR_Listen__Addresses__0")]
    [InlineData(
        "SIDECAR_Destinations__reports__Hops__0__Tags",
        "SIDECAR_Destinations__reports__Hops__0__Tags is a single value; " +
        "expected variables such as SIDECAR_Destinations__reports__Hops__0__Tags__KEY")]
    [InlineData(
        "SIDECAR_Destinations__x__Hops__RoleArn",
        "SIDECAR_Destinations__x__Hops__RoleArn is not an item of the list; the next item is SIDECAR_Destinations__x__Hops__0")]
    [InlineData(
        "SIDECAR_Destinations__reports__Hops__0__Tags__0__team",
        "SIDECAR_Destinations__reports__Hops__0__Tags__0__team is not a part of a tag; " +
        "set SIDECAR_Destinations__reports__Hops__0__Tags__team instead")]
    public void A_variable_of_the_wrong_form_is_named_with_the_right_one(string variable, string expected) =>
        Assert.StartsWith(
            expected,
            Assert.Single(Loading.Mistakes((variable, "arn:aws:iam::123456789012:role/one"))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(""" "Tags": { "Key": "team", "Value": "x" } """)]
    [InlineData(""" "Tags": { "value": "x", "key": "team" }, "TransitiveTagKeys": [ "team" ] """)]
    public void A_tag_that_would_become_two_is_refused(string tags) => Assert.StartsWith(
        "Destinations:one:Hops:0:Tags in SIDECAR_CONFIG has two tags named \"Key\" and \"Value\"; " +
        "expected { \"team\": \"x\" } or [ { \"Key\": \"team\", \"Value\": \"x\" } ]",
        Loading.MistakesInJson(Loading.Hop(tags))[0], StringComparison.Ordinal);

    [Fact]
    public void A_list_of_objects_by_name_is_shown_both_right_forms() => Assert.Equal(
        "Destinations:one:Hops:0:Tags:0:team in SIDECAR_CONFIG is not a part of a tag; " +
        "expected { \"Key\": \"team\", \"Value\": … } here, or an object in place of the list: \"Tags\": { \"team\": … }",
        Assert.Single(Loading.MistakesInJson(Loading.Hop(""" "Tags": [ { "team": "x" } ], "TransitiveTagKeys": [ "team" ] """))));

    [Fact]
    public void Tags_named_Key_and_Value_beside_a_third_one_are_taken() =>
        Assert.Empty(Loading.MistakesInJson(Loading.Hop(""" "Tags": { "Key": "a", "Value": "b", "team": "c" } """)));

    [Theory]
    [InlineData(249, "{pod}", "has 249 characters around its placeholders, and STS accepts 256; leave at least 8 for each placeholder")]
    [InlineData(256, "{pod}", "has 256 characters around its placeholders, and STS accepts 256")]
    [InlineData(241, "{pod}-{pod}", "has 242 characters around its placeholders, and STS accepts 256")]
    [InlineData(248, "{pod}", null)]
    [InlineData(256, "", null)]
    public void A_tag_whose_text_crowds_out_its_placeholder_is_refused(int length, string placeholders, string? expected) =>
        AssertWrong("Tags__team", length, placeholders, expected);

    [Theory]
    [InlineData(57, "{pod}", "has 57 characters around its placeholders, and STS accepts 64")]
    [InlineData(56, "{pod}", null)]
    public void A_source_identity_whose_text_crowds_out_its_placeholder_is_refused(int length, string placeholders, string? expected) =>
        AssertWrong("SourceIdentity", length, placeholders, expected);

    [Theory]
    [InlineData("two words", "holds a space")]
    [InlineData("a#b", "holds \"#\"")]
    [InlineData("a\u00e4", "holds the character U+00E4")]
    [InlineData("a\ud83d\ude00", "holds the character U+1F600")]
    [InlineData("\n", "holds the character U+000A")]
    [InlineData("a", "has 1 character")]
    public void An_illegal_character_of_an_external_id_is_named_with_the_allowed_set(string id, string expected) => Assert.Equal(
        $"SIDECAR_Destinations__reports__Hops__0__ExternalId (value hidden) {expected}; " +
        "expected 2 to 1224 of A-Z a-z 0-9 _ + = , . @ : / -",
        Assert.Single(Loading.Mistakes(("SIDECAR_Destinations__reports__Hops__0__ExternalId", id))));

    private static void AssertWrong(string setting, int length, string placeholders, string? expected)
    {
        var name = $"SIDECAR_Destinations__reports__Hops__0__{setting}";
        var mistakes = Loading.Mistakes((name, new string('x', length) + placeholders), ("POD_NAME", "web-0"));
        Assert.Equal(expected is not null, mistakes.Count == 1);
        Assert.All(mistakes, mistake => Assert.StartsWith($"{name} {expected}", mistake, StringComparison.Ordinal));
    }
}
