using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>What STS takes for one hop, refused before STS is asked.</summary>
public sealed class HopRulesTests
{
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "ExternalId", "\"a\"", "is not shown here, has 1 characters, expected 2 to 1224" },
        { "ExternalId", $"\"{new string('x', 1225)}\"", "is not shown here, has 1225 characters" },
        { "SourceIdentity", "\"a b\"", "is 'a b', expected 2 to 64" },
        { "Region", "\"\"", "is '', expected a region such as eu-central-1" },
        { "SessionName", "\"x\"", "is 'x', expected 2 to 64" },
        { "SessionName", "\"\"", "is '', expected 2 to 64" },
        { "SessionName", "\"my app {task_id}\"", "is 'my app {task_id}', expected 2 to 64" },
        { "SessionName", "\"app-{task_id\"", "is 'app-{task_id', expected 2 to 64" },
        { "SessionName", "\"{taskid}-{x}\"", "holds '{taskid} {x}', expected only {task_id} {family} {cluster} {destination}" },
        { "DurationSeconds", "1499", "is 1499, expected 1500 to 3600" },
        { "DurationSeconds", "-1", "is -1, expected 1500 to 3600" },
        { "DurationSeconds", "\"1h\"", "is '1h', expected a whole number" },
        { "Policy", "\"\"", "is no JSON object" },
        { "Policy", "\"[]\"", "is no JSON object" },
        { "Policy", "\"{ \"", "is no JSON object" },
        { "Policy", "{ \"Version\": \"2012-10-17\" }", "is an object or a list, expected text" },
        { "Policy", $"\"{{{new string(' ', 2047)}}}\"", "has 2049 characters, expected at most 2048" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_that_STS_would_refuse_is_a_mistake(string key, string value, string expected) => Assert.StartsWith(
        $"Destinations:one:Hops:0:{key} in SIDECAR_CONFIG {expected}", Assert.Single(Loading.MistakesInJson(Loading.Hop($"\"{key}\": {value}"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"SessionName\": \"{family}.{task_id}@x\"")]
    [InlineData("\"SessionName\": null, \"Policy\": null, \"Tags\": null, \"DurationSeconds\": null")]
    [InlineData("\"DurationSeconds\": \"1500\"")]
    [InlineData("\"ExternalId\": 1234567890123456789012345678901234567890")]
    [InlineData("\"PolicyArns\": [ \"arn:aws:iam::aws:policy/ReadOnlyAccess\", \"arn:aws:iam::123456789012:policy/team/x\" ]")]
    public void A_value_that_STS_takes_is_none(string more) => Assert.Empty(Loading.MistakesInJson(Loading.Hop(more)));

    [Theory]
    [InlineData("3601")]
    [InlineData("43200")]
    [InlineData("31536000")]
    public void R2_More_than_an_hour_is_clamped_and_said(string seconds)
    {
        var settings = Loading.LoadJson(Loading.Hop($"\"DurationSeconds\": {seconds}"));

        Assert.Equal(3600, settings.Options.Destinations["one"].Hops[0].DurationSeconds);
        Assert.Contains($"is {seconds} and was clamped to 3600",
            Assert.Single(Loading.Warnings(("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", seconds))), StringComparison.Ordinal);
    }

    [Fact]
    public void R2_Less_than_half_an_hour_is_warned_of() =>
        Assert.Contains("is 1799: such a session is renewed every few minutes", Assert.Single(Loading.Warnings(("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", "1799"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("arn:aws:iam::999999999999:policy/x")]
    [InlineData("arn:aws-cn:iam::123456789012:policy/x")]
    [InlineData("arn:aws:iam::123456789012:role/x")]
    [InlineData("ReadOnlyAccess")]
    public void A_session_policy_is_one_of_the_roles_account_or_of_AWS(string arn) => Assert.StartsWith(
        $"Destinations:one:Hops:0:PolicyArns:0 in SIDECAR_CONFIG is '{arn}', expected a policy of the role's own account",
        Assert.Single(Loading.MistakesInJson(Loading.Hop($"\"PolicyArns\": [ \"{arn}\" ]"))), StringComparison.Ordinal);

    [Fact]
    public void More_than_ten_policies_are_a_mistake() => Assert.Contains("has 11 entries, expected at most 10", Assert.Single(Loading.MistakesInJson(
        Loading.Hop($"\"PolicyArns\": [ {string.Join(',', Enumerable.Repeat("\"arn:aws:iam::aws:policy/x\"", 11))} ]"))), StringComparison.Ordinal);
}
