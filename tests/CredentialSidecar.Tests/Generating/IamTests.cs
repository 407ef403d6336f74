using System.Text.Json.Nodes;
using CredentialSidecar.Emulator;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing;
using Xunit;
using static CredentialSidecar.Tests.Generating.GenerateRun;

namespace CredentialSidecar.Tests.Generating;

/// <summary>The generated policies grant the chain in an STS that checks them, and nothing without each of them does.</summary>
public sealed class IamTests
{
    private const string TaskRole = "arn:aws:iam::111122223333:role/orders-task";
    private const string Reader = "arn:aws:iam::666677778888:role/team/reader";

    // Each later hop needs sts:TagSession and sts:SetSourceIdentity too.
    private const string Chain = $$"""
        { "Destinations": { "audit": { "Hops": [
          { "RoleArn": "{{Target}}", "ExternalId": "orders-7f3a", "SourceIdentity": "orders",
            "Tags": { "team": "orders" }, "TransitiveTagKeys": [ "team" ] },
          { "RoleArn": "{{Reader}}" } ] } } }
        """;

    [Theory]
    [InlineData("fargate")]
    [InlineData("ec2-awsvpc")]
    public void The_policies_are_those_of_the_samples(string sample)
    {
        var roles = Roles(Of("", ["iam", "--task-role", TaskRole, "--role-arn", Target, "--external-id", "orders-7f3a"]).Output);

        Assert.True(JsonNode.DeepEquals(Sample("task-role-policy"), roles[0]["policy"]), roles[0].ToJsonString());
        Assert.True(JsonNode.DeepEquals(Sample("destination-trust-policy"), roles[1]["trustPolicy"]), roles[1].ToJsonString());

        JsonNode Sample(string file) => JsonNode.Parse(File.ReadAllText(Repository.File("samples", "ecs", sample, $"{file}.json")))!;
    }

    [Fact]
    public async Task The_chain_works_with_all_statements_and_with_none_left_out()
    {
        var roles = Roles(Generated("json"));
        Assert.Equal(200, await StatusAsync(roles, without: null));

        foreach (var (role, field) in from role in roles from field in new[] { "policy", "trustPolicy" } select (role, field))
        {
            var isNeeded = role[field] is not null && (role, field) != (roles[0], "trustPolicy");

            if (isNeeded)
            {
                Assert.Equal((field, 403), (field, await StatusAsync(roles, (role, field))));
            }
        }
    }

    [Fact]
    public void The_task_role_is_for_tasks_of_its_account_and_region()
    {
        var roles = Roles(Of("", ["iam", "--task-role", TaskRole, "--role-arn", Target, "--region", "eu-central-1"]).Output);
        var statement = roles[0]["trustPolicy"]!["Statement"]![0]!;

        Assert.Equal("ecs-tasks.amazonaws.com", (string?)statement["Principal"]!["Service"]);
        Assert.Equal("111122223333", (string?)statement["Condition"]!["StringEquals"]!["aws:SourceAccount"]);
        Assert.Equal("arn:aws:ecs:eu-central-1:111122223333:*", (string?)statement["Condition"]!["ArnLike"]!["aws:SourceArn"]);
    }

    [Fact]
    public void Platform_roles_come_where_they_are_asked_for()
    {
        const string Prefix = "arn:aws-cn:iam::111122223333:role/";
        var roles = Roles(Of("",
        [
            "iam", "--task-role", $"{Prefix}task", "--role-arn", "arn:aws-cn:iam::555566667777:role/reports", "--ecs-exec",
            "--execution-role", $"{Prefix}execution", "--external", $"{Prefix}external",
        ]).Output);

        Assert.Contains("ssmmessages:OpenDataChannel", roles[0]["policy"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(
            "arn:aws-cn:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", (string?)roles[1]["managedPolicyArns"]![0]);
        Assert.Equal("ssm.amazonaws.com", (string?)roles[2]["trustPolicy"]!["Statement"]![0]!["Principal"]!["Service"]);
        Assert.Equal("arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore", (string?)roles[2]["managedPolicyArns"]![0]);
    }

    [Fact]
    public void Destinations_with_a_common_hop_share_its_statements_and_other_external_ids_have_their_own()
    {
        var configuration = $$"""
            { "Destinations": {
              "a": { "Hops": [ { "RoleArn": "{{Target}}", "ExternalId": "one" } ] },
              "b": { "Hops": [ { "RoleArn": "{{Target}}", "ExternalId": "one" }, { "RoleArn": "{{Reader}}" } ] },
              "c": { "Hops": [ { "RoleArn": "{{Target}}", "ExternalId": "two" } ] },
              "d": { "Hops": [ { "RoleArn": "arn:aws:iam::555566667777:role/hub" }, { "RoleArn": "{{Reader}}" } ] } } }
            """;
        var roles = Roles(Of("", ["iam", "--task-role", TaskRole], ("SIDECAR_CONFIG", configuration)).Output);

        Assert.Equal([Target, "arn:aws:iam::555566667777:role/hub"], Words(roles[0]["policy"]!["Statement"]![0]!, "Resource"));
        var trust = roles.Single(role => (string?)role["role"] == Target)["trustPolicy"]!["Statement"]!.AsArray();
        Assert.Equal(["one", "two"], trust.Select(one => (string?)one!["Condition"]!["StringEquals"]!["sts:ExternalId"]));
        var reader = roles.Single(role => (string?)role["role"] == Reader)["trustPolicy"]!["Statement"]!.AsArray();
        Assert.Equal([Target, "arn:aws:iam::555566667777:role/hub"], Words(Assert.Single(reader)!["Principal"]!, "AWS"));
    }

    [Fact]
    public void A_template_for_each_account_creates_callers_first()
    {
        var directory = Directory.CreateTempSubdirectory("iam-").FullName;
        var same = $$"""
            { "Destinations": { "a": { "Hops": [ { "RoleArn": "{{Target}}" }, { "RoleArn": "arn:aws:iam::555566667777:role/x" } ] } } }
            """;
        string[] words = ["iam", "--task-role", TaskRole, "--format", "cloudformation"];
        var (code, _, error) = Of("", words, ("SIDECAR_CONFIG", same));
        Assert.Equal(64, code);
        Assert.EndsWith("The roles are in 2 accounts, and each needs a template. Add --out DIR.\n", error, StringComparison.Ordinal);

        Assert.Equal(0, Of("", [.. words, "--out", directory], ("SIDECAR_CONFIG", same)).Code);
        var again = Of("", [.. words, "--out", directory], ("SIDECAR_CONFIG", same)).Error;
        Assert.Contains(" is unchanged.\n", again, StringComparison.Ordinal);
        var resources = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "555566667777.template.json")))!["Resources"]!.AsObject();
        Directory.Delete(directory, recursive: true);

        Assert.Equal([resources.First().Key], Words(resources.Last().Value!, "DependsOn"));
        Assert.Equal(["reports", "x"], resources.Select(one => (string?)one.Value!["Properties"]!["RoleName"]));
    }

    [Theory]
    [InlineData("--task-role arn:aws:iam::1:role/x --role-arn " + Target, 64, "credential-sidecar: --task-role is ")]
    [InlineData("--task-role " + TaskRole + " --role-arn arn:aws:iam::1111222233334444:role/x", 78,
        "  --role-arn is \"arn:aws:iam::1111222233334444:role/x\", and its account id has 16 characters; expected 12 digits.")]
    [InlineData("--task-role " + TaskRole + " --external-id x", 64, "credential-sidecar: --external-id needs --role-arn.")]
    public void Mistakes_are_told_with_what_to_write(string flags, int code, string expected)
    {
        var (ended, output, error) = Of("", ["iam", .. flags.Split(' ')]);

        Assert.Equal((code, ""), (ended, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("111122223333", "eu-central-1", true, 200)]
    [InlineData("999900001111", "eu-central-1", true, 503)]
    [InlineData("111122223333", "us-east-1", true, 503)]
    [InlineData("999900001111", "eu-central-1", false, 200)]
    public async Task Only_tasks_of_the_account_and_the_region_are_given_the_task_role(
        string account, string region, bool hasConditions, int expected)
    {
        var generated = Of("", ["iam", "--task-role", TaskRole, "--region", "eu-central-1"], ("SIDECAR_CONFIG", Chain)).Output;
        var roles = Roles(generated);

        foreach (var statement in roles.SelectMany(role => Statements(role, "trustPolicy")).Where(one => !hasConditions))
        {
            if (statement["Principal"]!["Service"] is not null)
            {
                statement.AsObject().Remove("Condition");
            }
        }

        Assert.Equal(expected, await StatusAsync(roles, without: null, new TaskDescription(region, Account: account)));
    }

    private static string Generated(string format) =>
        Of("", ["iam", "--task-role", TaskRole, "--format", format], ("SIDECAR_CONFIG", Chain)).Output;

    private static JsonNode[] Roles(string text) => [.. JsonNode.Parse(text)!["roles"]!.AsArray().Select(role => role!)];

    /// <summary>What the sidecar answers where STS has these policies.</summary>
    private static async Task<int> StatusAsync(
        JsonNode[] roles, (JsonNode Role, string Field)? without, TaskDescription? task = null)
    {
        var world = new World(TaskRole,
        [
            .. roles.Select(role => new Role(
                (string)role["role"]!,
                Trust: (role, "trustPolicy") == without ? [] : [.. Statements(role, "trustPolicy")
                    .Select(one => new TrustStatement(
                        All(one["Principal"], "AWS"), (string?)one["Condition"]?["StringEquals"]?["sts:ExternalId"], All(one, "Action"),
                        All(one["Principal"], "Service"), (string?)one["Condition"]?["StringEquals"]?["aws:SourceAccount"],
                        (string?)one["Condition"]?["ArnLike"]?["aws:SourceArn"]))],
                Permissions: (role, "policy") == without ? [] : [.. Statements(role, "policy").Select(one => new Permission(
                    All(one, "Action"), All(one, "Resource")))])),
        ], Task: task);
        await using var emulator = await EmulatorServer.StartAsync(
            new EmulatorOptions { World = world }, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var sidecar = await SidecarFixture.StartRealAsync(
        [
            .. Settings.NoReports, ("SIDECAR_CONFIG", Chain), ("SIDECAR_SOURCE_ENDPOINT", $"{emulator.AgentEndpoint}"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri), ("AWS_ENDPOINT_URL_STS", $"{emulator.StsEndpoint}"),
        ]);
        using var response = await sidecar.Client.GetAsync("/v1/credentials/audit", TestContext.Current.CancellationToken);
        return (int)response.StatusCode;
    }

    private static IEnumerable<JsonNode> Statements(JsonNode role, string field) =>
        role[field]?["Statement"]!.AsArray().Select(one => one!) ?? [];

    private static string[] All(JsonNode? node, string field) =>
        node?[field] switch { JsonArray list => [.. list.Select(one => (string)one!)], JsonValue one => [(string)one!], _ => [] };
}
