using System.Text;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>The JSON an operator writes, in a file or in one variable.</summary>
public sealed class JsonLayerTests
{
    [Fact]
    public void Comments_trailing_commas_a_byte_order_mark_and_the_editors_schema_key_are_fine()
    {
        const string Json = """
            // who may ask for what
            { "$schema": "https://example.com/configuration.schema.json",
              "Destinations": { "one": { "Hops": [ { "RoleArn": "arn:aws:iam::123456789012:role/one" }, ] } } }
            """;
        using var file = new TemporaryFile([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Json)]);

        Assert.Empty(Loading.MistakesWith(file.Path, (Loading.Role, null)));
        Assert.Empty(Loading.MistakesInJson("\uFEFF" + Json));
    }

    [Theory]
    [InlineData("[]", "SIDECAR_CONFIG holds a list; expected an object: { \"Destinations\": … }")]
    [InlineData("null", "SIDECAR_CONFIG holds a single value; expected an object: { \"Destinations\": … }")]
    [InlineData("   ", "SIDECAR_CONFIG is invalid JSON at line 1, byte 4: the document is empty")]
    [InlineData(
        "{\n  \"Drain\" 5\n}",
        "SIDECAR_CONFIG is invalid JSON at line 2, byte 11: '5' is invalid after a property name. Expected a ':'")]
    [InlineData("""{ "Region": "\ud800" }""", "SIDECAR_CONFIG is invalid JSON: a \\u escape in it is not a character")]
    public void A_document_that_cannot_be_read_is_the_only_mistake(string json, string expected) =>
        Assert.Equal([expected], Loading.Mistakes((Loading.Role, null), ("SIDECAR_TOKEN", null), ("SIDECAR_CONFIG", json)));

    [Fact]
    public void Half_a_character_does_not_crash() => Assert.StartsWith(
        "SIDECAR_CONFIG is invalid JSON",
        Assert.Single(Loading.Mistakes(("SIDECAR_CONFIG", "\ud800"))),
        StringComparison.Ordinal);

    [Fact]
    public void A_document_that_cannot_be_read_hides_no_mistake_elsewhere() =>
        Assert.Equal(2, Loading.Mistakes(("SIDECAR_CONFIG", "{"), ("SIDECAR_PORT", "x")).Count);

    [Theory]
    [InlineData("""{ "Drain": "5s", "Drain": "6s" }""", "Drain in SIDECAR_CONFIG is given twice")]
    [InlineData("""{ "Drain": "5s", "drain": "6s" }""", "drain in SIDECAR_CONFIG is given twice")]
    [InlineData("""{ "Access": {}, "Access:Token": "x", "access": { } }""", "access in SIDECAR_CONFIG is given twice")]
    [InlineData("""{ "Destinations": { "a": { }, "A": { } } }""", "Destinations:A in SIDECAR_CONFIG is given twice")]
    public void A_key_given_twice_is_a_mistake_whatever_its_case(string json, string expected) =>
        Assert.Contains(Loading.Mistakes(("SIDECAR_CONFIG", json)), mistake => mistake.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{ "Acces": { "Token": "canary" } }""", "Acces in SIDECAR_CONFIG is not a setting; did you mean Access?")]
    [InlineData(
        """{ "Refresh": { "minimumremaining": "20m", "Jitter": 1 } }""",
        "Refresh:Jitter in SIDECAR_CONFIG is not a setting; did you mean Refresh:JitterFraction?")]
    [InlineData(
        """{ "Access": "{ \"Token\": \"canary\" }" }""",
        "Access in SIDECAR_CONFIG is a single value; expected an object of Token, TokenFile, Clients, AllowAnonymous")]
    [InlineData("""{ "Access": "" }""", "Access in SIDECAR_CONFIG is a single value")]
    [InlineData("""{ "Access": { "Token": { "a": "canary" } } }""", "Access:Token in SIDECAR_CONFIG is an object or a list; expected text")]
    [InlineData("""{ "Listen": { "Port": 91.5 } }""", "Listen:Port in SIDECAR_CONFIG is \"91.5\"; expected a port number (0-65535)")]
    [InlineData(
        """{ "Listen": { "Port": 99999999999 } }""",
        "Listen:Port in SIDECAR_CONFIG is \"99999999999\"; expected a port number (0-65535)")]
    [InlineData("""{ "Listen": { "Addresses": "127.0.0.1" } }""", "Listen:Addresses in SIDECAR_CONFIG is a single value; expected a list")]
    [InlineData("""{ "Listen": { "Addresses": [ null ] } }""", "Listen:Addresses:0 in SIDECAR_CONFIG is null")]
    [InlineData(
        """{ "Listen": { "Addresses": { "one": "::1" } } }""",
        "Listen:Addresses in SIDECAR_CONFIG is an object; expected a list: [ \"…\" ]")]
    [InlineData("""{ "Source": { "Kind": 1 } }""", "Source:Kind in SIDECAR_CONFIG is \"1\"; expected one of TaskRole, Default")]
    [InlineData(
        """{ "Refresh": { "JitterFraction": "NaN" } }""",
        "Refresh:JitterFraction in SIDECAR_CONFIG is \"NaN\"; expected a number (0-0.5)")]
    [InlineData("""{ "": 1 }""", ": in SIDECAR_CONFIG is an empty key")]
    public void A_wrong_key_or_type_is_named_in_full_and_never_shows_a_secret(string json, string expected)
    {
        var mistakes = Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_PORT", null), ("SIDECAR_CONFIG", json));

        Assert.Contains(mistakes, mistake => mistake.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("canary", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        """{ "Listen": { "Port": null, "Addresses": null }, "Access": null, "Refresh": {}, "Drain": null,""" +
        """ "Logging": { "Level": "warning" } }""")]
    [InlineData(
        """{ "listen": { "addresses": [] }, "DRAIN": 5, "Refresh": { "RenewAtFraction": "0.4" }, "Logging": { "Format": "JSON" } }""")]
    public void Null_and_empty_are_as_if_left_out_and_case_does_not_matter(string json) =>
        Assert.Empty(Loading.Mistakes(("SIDECAR_CONFIG", json)));

    [Fact]
    public void A_hop_that_cannot_be_read_leaves_its_neighbours_their_numbers()
    {
        var mistakes = Loading.MistakesInJson("""{ "Destinations": { "one": { "Hops": [ "x", null, { "RoleArn": "y" } ] } } }""");

        Assert.Equal(3, mistakes.Count);
        Assert.StartsWith("Destinations:one:Hops:0 in SIDECAR_CONFIG is a single value", mistakes[0], StringComparison.Ordinal);
        Assert.StartsWith("Destinations:one:Hops:1:RoleArn in SIDECAR_CONFIG is missing", mistakes[1], StringComparison.Ordinal);
        Assert.StartsWith("Destinations:one:Hops:2:RoleArn in SIDECAR_CONFIG is \"y\"", mistakes[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_value_is_cut_and_a_control_character_is_spelt_out()
    {
        var mistakes = Loading.Mistakes(("SIDECAR_SOURCE_ENDPOINT", "\u001b[31m\n" + new string('x', 5000)));

        Assert.StartsWith("SIDECAR_SOURCE_ENDPOINT is \"\\u001B[31m\\u000Axxx", Assert.Single(mistakes), StringComparison.Ordinal);
        Assert.InRange(mistakes[0].Length, 100, 300);
        Assert.Contains("(5006 characters)", mistakes[0], StringComparison.Ordinal);
    }
}
