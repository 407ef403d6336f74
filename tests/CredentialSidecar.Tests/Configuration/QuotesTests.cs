using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>An env file whose quotes came along, as with environmentFiles of ECS and <c>docker --env-file</c>.</summary>
public sealed class QuotesTests
{
    private const string Problem =
        "has quotes as part of its value; remove the quotes, because ECS environmentFiles and docker --env-file keep them";

    [Theory]
    [InlineData("SIDECAR_ROLE_ARN", "arn:aws:iam::123456789012:role/x")]
    [InlineData("SIDECAR_TOKEN", "0123456789abcdef0123456789abcdef")]
    [InlineData("SIDECAR_PORT", "9170")]
    [InlineData("SIDECAR_DRAIN", "5s")]
    [InlineData("SIDECAR_EXTERNAL_ID", "orders-7f3a")]
    [InlineData("SIDECAR_SHARED_DIR", "/shared")]
    [InlineData("SIDECAR_CONFIG_FILE", "/etc/sidecar.json")]
    [InlineData("SIDECAR_CONFIG", "{ \"Drain\": \"5s\" }")]
    [InlineData("SIDECAR_Destinations__other__Hops__0__RoleArn", "arn:aws:iam::123456789012:role/x")]
    [InlineData("AWS_REGION", "eu-central-1")]
    [InlineData("AWS_ENDPOINT_URL_STS", "https://sts.example")]
    public void Every_value_in_quotes_is_one_mistake_that_says_so(string variable, string value)
    {
        foreach (var quote in (string[])["\"", "'"])
        {
            Assert.Equal([$"{variable} {Problem}"], Loading.Mistakes((variable, $"{quote}{value}{quote}")));
        }
    }

    [Fact]
    public void All_of_a_file_in_quotes_is_told_at_once_and_nothing_is_missing_besides() => Assert.Equal(
        [$"AWS_REGION {Problem}", $"SIDECAR_ROLE_ARN {Problem}", $"SIDECAR_TOKEN {Problem}"],
        Loading.Mistakes(
            (Loading.Role, null),
            ("AWS_REGION", "\"eu-central-1\""),
            ("SIDECAR_ROLE_ARN", "\"arn:aws:iam::123456789012:role/x\""),
            ("SIDECAR_TOKEN", "\"0123456789abcdef0123456789abcdef\"")).Order());

    [Fact]
    public void A_token_in_quotes_in_a_file_or_in_JSON_is_a_mistake_too()
    {
        using var file = new TemporaryFile("\"0123456789abcdef0123456789abcdef\"");

        Assert.StartsWith(
            "SIDECAR_TOKEN_FILE names a file that contains a token in quotes",
            Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", null), ("SIDECAR_TOKEN_FILE", file.Path))),
            StringComparison.Ordinal);
        Assert.StartsWith("Access:Token in SIDECAR_CONFIG contains a token in quotes",
            Assert.Single(Loading.Mistakes(
                ("SIDECAR_TOKEN", null),
                ("SIDECAR_CONFIG", """{ "Access": { "Token": "'0123456789abcdef0123456789abcdef'" } }"""))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_begins_with_a_scheme_is_warned_of() => Assert.StartsWith(
        "SIDECAR_TOKEN contains a token that begins with \"Bearer \"; SDKs send the token without a scheme",
        Assert.Single(Loading.Warnings(("SIDECAR_TOKEN", "Bearer 0123456789abcdef0123456789abcdef"))), StringComparison.Ordinal);

    [Fact]
    public void Quotes_inside_a_value_are_its_own() =>
        Assert.Empty(Loading.Mistakes(("SIDECAR_TOKEN", "0123456789\"abcdef\"0123456789abcdef")));

    [Theory]
    [InlineData(
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:tok-abcdef",
        "is the ARN of a secret instead of its value; " +
        "in a task definition, use secrets (valueFrom), not environment")]
    [InlineData("${SIDECAR_TOKEN_FROM_SOMEWHERE_ELSE}", "contains ${…} or $(…), which was not expanded; give the token itself")]
    [InlineData("$(openssl rand -hex 32)xxxxxxxxxxxx", "contains ${…} or $(…), which was not expanded; give the token itself")]
    public void A_token_that_was_to_be_replaced_by_a_token_is_a_mistake(string token, string expected) =>
        Assert.StartsWith($"SIDECAR_TOKEN {expected}", Assert.Single(Loading.Mistakes(("SIDECAR_TOKEN", token))), StringComparison.Ordinal);

    [Fact]
    public void A_token_of_few_characters_is_warned_about() => Assert.StartsWith(
        "SIDECAR_TOKEN gives a token of one character over and over, which can be guessed",
        Assert.Single(Loading.Warnings(("SIDECAR_TOKEN", new string('a', 40)))),
        StringComparison.Ordinal);
}
