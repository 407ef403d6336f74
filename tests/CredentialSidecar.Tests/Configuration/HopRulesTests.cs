using CredentialSidecar.Chains;
using CredentialSidecar.Configuration;
using CredentialSidecar.Testing;
using Xunit;

namespace CredentialSidecar.Tests.Configuration;

/// <summary>What STS takes for one hop, refused before STS is asked.</summary>
public sealed class HopRulesTests
{
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "ExternalId", "\"a\"", "(value hidden) has 1 character; expected 2 to 1224" },
        { "ExternalId", $"\"{new string('x', 1225)}\"", "(value hidden) has 1225 characters" },
        { "SourceIdentity", "\"a b\"", "is \"a b\"; expected 2 to 64" },
        { "Region", "\"\"", "is \"\"; expected a region such as eu-central-1" },
        { "SessionName", "\"x\"", "is \"x\"; expected 2 to 64" },
        { "SessionName", "\"\"", "is \"\"; expected 2 to 64" },
        { "SessionName", "\"my app {task_id}\"", "is \"my app {task_id}\"; expected 2 to 64" },
        { "SessionName", "\"app-{task_id\"", "is \"app-{task_id\"; expected 2 to 64" },
        {
            "SessionName",
            "\"{taskid}-{x}\"",
            "holds \"{taskid} {x}\"; expected only {task_id} {family} {cluster} {destination} {pod} {namespace} " +
            "{service_account} {node} {hostname}; did you mean {task_id}?"
        },
        { "DurationSeconds", "1499", "is 1499; expected 1500 to 3600" },
        { "DurationSeconds", "-1", "is -1; expected 1500 to 3600" },
        { "DurationSeconds", "\"1h\"", "is \"1h\"; expected a whole number of seconds (1500-43200)" },
        { "Policy", "\"\"", "is invalid JSON at line 1, byte 1" },
        { "Policy", "\"[]\"", "is not a JSON object" },
        { "Policy", "\"{ \"", "is invalid JSON at line 1, byte 3: the document ends inside an object" },
        { "Policy", "[ \"x\" ]", "is an object or a list; expected text" },
        {
            "Policy",
            $"\"{{\\\"a\\\":\\\"{new string('x', 2041)}\\\"}}\"",
            "has 2049 characters without whitespace between tokens; expected at most 2048"
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_that_STS_would_refuse_is_a_mistake(string key, string value, string expected) => Assert.StartsWith(
        $"Destinations:one:Hops:0:{key} in SIDECAR_CONFIG {expected}",
        Assert.Single(Loading.MistakesInJson(Loading.Hop($"\"{key}\": {value}"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("\"SessionName\": \"{family}.{task_id}@x\"")]
    [InlineData("\"SessionName\": null, \"Policy\": null, \"Tags\": null, \"DurationSeconds\": null")]
    [InlineData("\"DurationSeconds\": \"1500\"")]
    [InlineData("\"ExternalId\": 1234567890123456789012345678901234567890")]
    [InlineData("\"PolicyArns\": [ \"arn:aws:iam::aws:policy/ReadOnlyAccess\", \"arn:aws:iam::123456789012:policy/team/x\" ]")]
    public void A_value_that_STS_takes_is_none(string more) => Assert.Empty(Loading.MistakesInJson(Loading.Hop(more)));

    [Theory]
    [InlineData("SourceIdentity", "\"{task_id}\"")]
    [InlineData("Tags", "{ \"task\": \"{cluster}/{family}:{task_id}\" }")]
    public void A_tag_or_an_identity_needs_the_metadata_that_its_placeholder_is_read_from(string key, string value)
    {
        var json = Loading.Hop($"\"{key}\": {value}");
        const string NoMetadata = " from task metadata, but ECS_CONTAINER_METADATA_URI_V4 is not set; ECS sets it";
        Assert.All(
            Loading.MistakesInJson(json),
            mistake => Assert.EndsWith(NoMetadata, mistake, StringComparison.Ordinal));
        Assert.NotEmpty(Loading.MistakesInJson(json));
        Assert.Empty(Loading.Mistakes(
            (Loading.Role, null), ("SIDECAR_CONFIG", json), ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x")));
    }

    [Fact]
    public void A_tag_never_lacks_what_its_placeholder_stands_for()
    {
        var settings = Settings.Load(
            (Loading.Role, null),
            ("SIDECAR_CONFIG", Loading.Hop("\"Tags\": { \"task\": \"{task_id}\" }")),
            ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"));

        Assert.Equal("A tag or SourceIdentity has a placeholder whose value comes from task metadata", settings.TaskNeed);
        var withoutRegion = Settings.Load(
            ("AWS_REGION", null), ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/x"));
        Assert.StartsWith("The region comes only from task metadata", withoutRegion.TaskNeed, StringComparison.Ordinal);
        Assert.Equal(
            "Destinations:one:Hops:0:Tags:task in SIDECAR_CONFIG holds {task_id} from task metadata, but task metadata has no value for it",
            Assert.Single(Assert.Throws<ConfigurationMistakesException>(() => settings.Chains(TaskIdentity.Unknown)).Mistakes).ToString());
        Assert.Equal("0123abcd", settings.Chains(TaskIdentity.Unknown with { TaskId = "0123abcd" })[0].Hops[0].Tags[0].Value);
    }

    [Fact]
    public void The_pod_is_named_by_the_downward_API()
    {
        var json = Loading.Hop(
            "\"SourceIdentity\": \"{namespace}.{service_account}\", \"SessionName\": \"{pod}\", " +
            "\"Tags\": { \"node\": \"{node}\", \"to\": \"{destination}\" }");
        var hop = Settings.Load(
            (Loading.Role, null),
            ("SIDECAR_CONFIG", json),
            ("POD_NAME", "web-7d9f-x2"),
            ("POD_NAMESPACE", "shop"),
            ("POD_SERVICE_ACCOUNT", "web"),
            ("NODE_NAME", "ip-10-0-0-1.ec2.internal"))
            .Chains(TaskIdentity.Unknown)[0].Hops[0];

        Assert.Equal(("shop.web", "web-7d9f-x2"), (hop.SourceIdentity, hop.SessionName));
        Assert.Equal(("ip-10-0-0-1.ec2.internal", "one"), (hop.Tags[0].Value, hop.Tags[1].Value));
        Assert.Contains(
            "Destinations:one:Hops:0:SourceIdentity in SIDECAR_CONFIG holds {service_account}, " +
            "but POD_SERVICE_ACCOUNT is not set; set it with the downward API, as the chart does",
            Loading.Mistakes(
                (Loading.Role, null),
                ("SIDECAR_CONFIG", json),
                ("POD_NAME", "x"),
                ("POD_NAMESPACE", "shop"),
                ("NODE_NAME", "n")));
    }

    [Fact]
    public void The_hosts_name_is_a_placeholder_too()
    {
        var variables = Settings.Environment(
            (Loading.Role, null), ("SIDECAR_CONFIG", Loading.Hop("\"SessionName\": \"{hostname}\"")));
        var environment = new ProcessEnvironment(variables.All) { Hostname = "ip-10-0-0-1" };
        Assert.Equal("ip-10-0-0-1", SettingsLoader.Load(environment).Settings.Chains(TaskIdentity.Unknown)[0].Hops[0].SessionName);
    }

    [Theory]
    [InlineData("3601")]
    [InlineData("43200")]
    [InlineData("31536000")]
    public void R2_More_than_an_hour_is_clamped_and_said(string seconds)
    {
        var settings = Loading.LoadJson(Loading.Hop($"\"DurationSeconds\": {seconds}"));

        Assert.Equal(3600, Assert.Single(settings.Destinations).Hops[0].Duration.TotalSeconds);
        Assert.Contains($"is {seconds} and was reduced to 3600",
            Assert.Single(Loading.Warnings(("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", seconds))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("43200", 43200, null)]
    [InlineData("43201", 43200, "is 43201 and was reduced to 43200: no role allows more")]
    public void The_first_hop_of_long_lived_keys_may_last_twelve_hours(string seconds, int taken, string? warning)
    {
        (string, string?)[] changes =
        [
            ("SIDECAR_Source__Kind", "Default"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", null),
            ("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", seconds),
        ];

        Assert.Equal(taken, (int)Assert.Single(Settings.Load(changes).Destinations).Hops[0].Duration.TotalSeconds);
        Assert.Equal(
            warning is null ? [] : [$"SIDECAR_Destinations__reports__Hops__0__DurationSeconds {warning}"],
            Loading.Warnings(changes));
    }

    [Fact]
    public void A_later_hop_is_role_chaining_whatever_the_source()
    {
        (string, string?)[] changes =
        [
            ("SIDECAR_Source__Kind", "Default"),
            ("SIDECAR_Destinations__reports__Hops__1__RoleArn", "arn:aws:iam::123456789012:role/two"),
            ("SIDECAR_Destinations__reports__Hops__1__DurationSeconds", "7200"),
        ];
        Assert.Equal(
            [
                "SIDECAR_Destinations__reports__Hops__1__DurationSeconds is 7200 and was reduced to 3600: " +
                "its caller is a role session, so the hop is role chaining, which STS limits to one hour",
            ],
            Loading.Warnings(changes));
    }

    [Fact]
    public void R2_Less_than_half_an_hour_is_warned_of() =>
        Assert.Contains(
            "is 1799: such a session is renewed every few minutes",
            Assert.Single(Loading.Warnings(("SIDECAR_Destinations__reports__Hops__0__DurationSeconds", "1799"))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("arn:aws:iam::999999999999:policy/x")]
    [InlineData("arn:aws-cn:iam::123456789012:policy/x")]
    [InlineData("arn:aws:iam::123456789012:role/x")]
    [InlineData("ReadOnlyAccess")]
    public void A_session_policy_is_one_of_the_roles_account_or_of_AWS(string arn) => Assert.StartsWith(
        $"Destinations:one:Hops:0:PolicyArns:0 in SIDECAR_CONFIG is \"{arn}\"; expected a policy of the role's own account",
        Assert.Single(Loading.MistakesInJson(Loading.Hop($"\"PolicyArns\": [ \"{arn}\" ]"))), StringComparison.Ordinal);

    [Fact]
    public void More_than_ten_policies_are_a_mistake()
    {
        var policies = string.Join(',', Enumerable.Repeat("\"arn:aws:iam::aws:policy/x\"", 11));
        var mistakes = Loading.MistakesInJson(Loading.Hop($"\"PolicyArns\": [ {policies} ]"));
        Assert.Contains("has 11 entries; expected at most 10", Assert.Single(mistakes), StringComparison.Ordinal);
    }
}
