using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>Session tags, and what one hop fixes for all that follow.</summary>
public sealed class TagRulesTests
{
    private const string Role = "\"RoleArn\": \"arn:aws:iam::123456789012:role/one\"";

    public static TheoryData<string, string> Wrong => new()
    {
        {
            """ "Tags": [ { "Key": "a", "Value": "1" }, { "Key": "A", "Value": "2" } ] """,
            "Tags:1:Key in SIDECAR_CONFIG is \"A\" a second time"
        },
        { """ "Tags": [ { "Key": "aws:x", "Value": "1" } ] """, "Tags:0:Key in SIDECAR_CONFIG begins with aws:" },
        { """ "Tags": [ { "Key": "a*", "Value": "1" } ] """, "Tags:0:Key in SIDECAR_CONFIG is \"a*\"; expected" },
        { """ "Tags": [ { "Value": "1" } ] """, "Tags:0:Key in SIDECAR_CONFIG is missing" },
        { """ "Tags": [ { "Key": "a" } ] """, "Tags:0:Value in SIDECAR_CONFIG is missing" },
        { """ "Tags": [ { "Key": "a", "Value": "a\nb" } ] """, "Tags:0:Value in SIDECAR_CONFIG is \"a\\u000Ab\"; expected" },
        {
            """ "Tags": [ { "Key": "a", "Value": "1" } ], "TransitiveTagKeys": [ "b" ] """,
            "TransitiveTagKeys:0 in SIDECAR_CONFIG is \"b\", which is not a key of this hop's Tags"
        },
        {
            """ "Tags": [ { "Key": "a", "Value": "1" } ], "TransitiveTagKeys": [ "a", "A" ] """,
            "TransitiveTagKeys:1 in SIDECAR_CONFIG is \"A\" a second time"
        },
        {
            $"\"Tags\": [ {string.Join(',', Enumerable.Range(0, 51).Select(i => $$"""{ "Key": "k{{i}}", "Value": "" }"""))} ]",
            "Tags in SIDECAR_CONFIG has 51 entries; expected at most 50"
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_tag_that_STS_would_refuse_is_a_mistake(string tags, string expected) => Assert.StartsWith(
        $"Destinations:one:Hops:0:{expected}", Assert.Single(Loading.MistakesInJson(Chain($"{Role}, {tags}"))), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        """ "Tags": [ { "Key": "Cost Centre", "Value": "" }, { "Key": "größe", "Value": "a:b" } ],""" +
        """ "TransitiveTagKeys": [ "cost centre" ] """)]
    [InlineData(""" "Tags": [], "TransitiveTagKeys": [] """)]
    public void A_tag_that_STS_takes_is_none(string tags) => Assert.Empty(Loading.MistakesInJson(Chain($"{Role}, {tags}")));

    [Fact]
    public void A_transitive_tag_cannot_be_set_again_by_a_later_hop() => Assert.StartsWith(
        "Destinations:one:Hops:2:Tags in SIDECAR_CONFIG sets \"TEAM\" again, which an earlier hop made transitive",
        Assert.Single(Loading.MistakesInJson(Chain(
            $$"""{{Role}}, "Tags": [ { "Key": "team", "Value": "a" } ], "TransitiveTagKeys": [ "team" ] """,
            Role,
            $$"""{{Role}}, "Tags": [ { "Key": "TEAM", "Value": "b" } ] """))),
        StringComparison.Ordinal);

    [Fact]
    public void A_source_identity_cannot_change_along_a_chain()
    {
        Assert.Equal(
            [
                "Destinations:one:Hops:2:SourceIdentity in SIDECAR_CONFIG is \"bob\" after \"ann\"; " +
                "a source identity cannot change along a role chain",
            ],
            Loading.MistakesInJson(Chain($"{Role}, \"SourceIdentity\": \"ann\"", Role, $"{Role}, \"SourceIdentity\": \"bob\"")));
        Assert.Empty(Loading.MistakesInJson(Chain(Role, $"{Role}, \"SourceIdentity\": \"ann\"", $"{Role}, \"SourceIdentity\": \"ann\"")));
    }

    private static string Chain(params string[] hops)
    {
        var list = string.Join(", ", hops.Select(hop => $"{{ {hop} }}"));
        return $$"""{ "Destinations": { "one": { "Hops": [ {{list}} ] } } }""";
    }
}
