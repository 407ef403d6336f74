using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>A mistyped name is answered with the nearest ones, in the spelling it was written in.</summary>
public sealed class TypedNamesTests
{
    [Theory]
    [InlineData("SIDECAR_ROLEARN", "SIDECAR_ROLE_ARN")]
    [InlineData("SIDECAR_ROLE_ANR", "SIDECAR_ROLE_ARN")]
    [InlineData("SIDECAR_ROLE", "SIDECAR_ROLE_ARN")]
    [InlineData("SIDECAR__ROLE_ARN", "SIDECAR_ROLE_ARN")]
    [InlineData("Sidecar_RoleArn", "SIDECAR_ROLE_ARN")]
    [InlineData("SIDECAR_TOKEN_FLIE", "SIDECAR_TOKEN_FILE")]
    [InlineData("SIDECAR_EXTERNALID", "SIDECAR_EXTERNAL_ID")]
    [InlineData("SIDECAR_SHARED_DIRECTORY", "SIDECAR_SHARED_DIR")]
    [InlineData("SIDECAR_LISTEN_PORT", "SIDECAR_PORT")]
    [InlineData("SIDECAR_Access__Tokn", "SIDECAR_TOKEN")]
    [InlineData("SIDECAR_Acess__AllowAnonymous", "SIDECAR_Access__AllowAnonymous")]
    [InlineData("SIDECAR_MINIMUM_REMAINING", "SIDECAR_Refresh__MinimumRemaining")]
    [InlineData("SIDECAR_REFRESH_MINIMUMREMAINING", "SIDECAR_Refresh__MinimumRemaining")]
    [InlineData("SIDECAR_Destinations__reports__Hops__0__External_Id", "SIDECAR_Destinations__reports__Hops__0__ExternalId")]
    [InlineData("SIDECAR_Destinations__reports__ExternalId", "SIDECAR_Destinations__reports__Hops__0__ExternalId")]
    public void A_mistyped_variable_gets_the_nearest_variables(string variable, string expected) =>
        Assert.Contains($"{variable} is not a setting; did you mean {expected}?", Loading.Mistakes((variable, "1")));

    [Theory]
    [InlineData("""{ "RoleArn": "x" }""", "RoleArn", "Destinations:{name}:Hops:0:RoleArn")]
    [InlineData("""{ "Listen": { "Prot": 1 } }""", "Listen:Prot", "Listen:Port")]
    [InlineData("""{ "Listener": { "Port": 1 } }""", "Listener", "Listen")]
    [InlineData("""{ "Listen": { "adresses": [] } }""", "Listen:adresses", "Listen:Addresses")]
    [InlineData("""{ "Destinations": { "one": { "Hop": [] } } }""", "Destinations:one:Hop", "Destinations:one:Hops")]
    [InlineData("""{ "Destinations": { "one": { "RoleArn": "x" } } }""", "Destinations:one:RoleArn", "Destinations:one:Hops:0:RoleArn")]
    [InlineData(
        """{ "Access": { "Clients": { "web": { "Tokenfile": "/x", "Destination": [] } } } }""",
        "Access:Clients:web:Destination",
        "Access:Clients:web:Destinations")]
    public void A_mistyped_key_gets_the_nearest_keys(string json, string key, string expected) =>
        Assert.Contains($"{key} in SIDECAR_CONFIG is not a setting; did you mean {expected}?", Loading.Mistakes(("SIDECAR_CONFIG", json)));

    [Fact]
    public void A_section_that_is_given_a_value_gets_the_variables_below_it() => Assert.Equal(
        [
            "SIDECAR_HEALTH is a single value; expected variables for each of Port, Address, NoClientAfter " +
            "such as SIDECAR_HEALTH_PORT; did you mean SIDECAR_HEALTH_PORT or SIDECAR_HEALTH_ADDRESS?",
        ],
        Loading.Mistakes(("SIDECAR_HEALTH_PORT", null), ("SIDECAR_Health__NoClientAfter", null), ("SIDECAR_HEALTH", "1")));

    [Fact]
    public void A_name_like_no_other_gets_the_list()
    {
        Assert.Contains(Loading.Mistakes(("SIDECAR_Quux", "1")), mistake =>
            mistake.StartsWith("SIDECAR_Quux is not a setting; expected one of SIDECAR_TOKEN, ", StringComparison.Ordinal)
                && mistake.EndsWith(", or a key of docs/configuration.md", StringComparison.Ordinal));
        Assert.Contains(
            "SIDECAR_Listen__Quux is not a setting; expected one of SIDECAR_Listen__Port, " +
            "SIDECAR_Listen__Addresses, SIDECAR_Listen__Socket, SIDECAR_Listen__LocalEndpoints, SIDECAR_Listen__Tls",
            Loading.Mistakes(("SIDECAR_Listen__Quux", "1")));
        Assert.Contains(
            "Listen:Quux in SIDECAR_CONFIG is not a setting of Listen; expected one of Port, Addresses, Socket, LocalEndpoints, Tls",
            Loading.Mistakes(("SIDECAR_CONFIG", """{ "Listen": { "Quux": 1 } }""")));
    }

    [Fact]
    public void The_setting_that_was_meant_is_not_missing_besides() =>
        Assert.Equal(
            ["SIDECAR_ROLEARN is not a setting; did you mean SIDECAR_ROLE_ARN?"],
            Loading.Mistakes((Loading.Role, null), ("SIDECAR_ROLEARN", "arn:aws:iam::123456789012:role/x")));

    [Theory]
    [InlineData("SIDCAR_ROLE_ARN", "SIDECAR_ROLE_ARN")]
    [InlineData("SIDECAR-TOKEN", "SIDECAR_TOKEN")]
    [InlineData("AWS_REGON", "AWS_REGION")]
    public void A_variable_that_is_missing_is_told_from_one_that_looks_like_it(string written, string missing) => Assert.EndsWith(
        $"; {written} is set; did you mean {missing}?",
        Assert.Single(Loading.Mistakes(
            (Loading.Role, missing == "SIDECAR_ROLE_ARN" ? null : "arn:aws:iam::123456789012:role/x"),
            ("SIDECAR_TOKEN", missing == "SIDECAR_TOKEN" ? null : new string('x', 32)),
            ("AWS_REGION", missing == "AWS_REGION" ? null : "eu-central-1"),
            (written, "1"))),
        StringComparison.Ordinal);

    [Fact]
    public void A_mistyped_destination_gets_the_nearest_one() => Assert.Contains(
        "SIDECAR_Access__Clients__web__Destinations__0 is \"report\"; expected the name of a destination; did you mean reports?",
        Loading.Mistakes(
            ("SIDECAR_Access__Clients__web__Token", new string('y', 32)),
            ("SIDECAR_Access__Clients__web__Destinations__0", "report")));

    [Theory]
    [InlineData("SIDECAR_PORT", "http", "SIDECAR_PORT is \"http\"; expected a port number (0-65535)")]
    [InlineData("SIDECAR_PORT", "70000", "SIDECAR_PORT is 70000; expected a port number (0-65535)")]
    [InlineData("SIDECAR_HEALTH_PORT", "91.71", "SIDECAR_HEALTH_PORT is \"91.71\"; expected a port number (0-65535)")]
    [InlineData("SIDECAR_Interception__Port", "x", "SIDECAR_Interception__Port is \"x\"; expected a port number (1-65535)")]
    [InlineData(
        "SIDECAR_Access__RequestsPerSecond",
        "many",
        "SIDECAR_Access__RequestsPerSecond is \"many\"; expected a whole number (100-100000)")]
    [InlineData("SIDECAR_Refresh__RenewAtFraction", "half", "SIDECAR_Refresh__RenewAtFraction is \"half\"; expected a number (0.1-0.9)")]
    [InlineData("SIDECAR_DRAIN", "soon", "SIDECAR_DRAIN is \"soon\"; expected a time such as 5s, 20m, 1h or 00:00:05 (0s-2m)")]
    public void A_number_that_cannot_be_read_is_shown_with_its_range(string variable, string value, string expected) =>
        Assert.Equal([expected], Loading.Mistakes((variable, value)));

    [Theory]
    [InlineData("{ \"Access\": { \"Token\": c4n4ry-0123 } }", "at line 1, byte 24: 'c' is an invalid start of a value")]
    [InlineData(
        "{ \"Access\": { \"Token\": true-c4n4ry } }",
        "at line 1, byte 28: '-' is invalid after a value. Expected either ',', '}', or ']'")]
    [InlineData(
        "{ \"Access\": { \"Token\": t4n4ry } }",
        "at line 1, byte 25: the text there is an invalid JSON literal. Expected the literal 'true'")]
    [InlineData("{ Drain: 5 }", "at line 1, byte 3: 'D' is an invalid start of a property name. Expected a '\"'")]
    [InlineData("{ \"Drain\": \"5\"", "at line 1, byte 15: the document ends inside an object or a list, which is never closed")]
    [InlineData("/etc/sidecar.json", "; the path of a file belongs in SIDECAR_CONFIG_FILE")]
    public void Broken_JSON_is_told_with_the_parsers_reason_and_without_the_document(string json, string expected)
    {
        var mistake = Assert.Single(Loading.Mistakes(("SIDECAR_CONFIG", json)));

        Assert.StartsWith("SIDECAR_CONFIG is invalid JSON at line 1, byte ", mistake, StringComparison.Ordinal);
        Assert.Contains(expected, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("4n4ry", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", mistake, StringComparison.Ordinal);
    }
}
