using System.Text.Json.Nodes;
using Xunit;
using static CredentialSidecar.Tests.Generating.GenerateRun;

namespace CredentialSidecar.Tests.Generating;

/// <summary>Inputs that a person would not expect, and changes of mind between two runs.</summary>
public sealed class UnusualInputTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Destinations = $$""" "Destinations": { "default": { "Hops": [ { "RoleArn": "{{Target}}" } ] } } """;

    private static readonly string[] Default = ["--container", "app=default", "--image", "registry/credential-sidecar:1"];

    [Theory]
    [InlineData("'access': { 'token': 'SECRET' }")]
    [InlineData("'Access:Token': 'SECRET'")]
    [InlineData("'Access': { 'Clients:web': { 'TOKEN': 'SECRET', 'SharedDirectory': '/w', 'Destinations': ['default'] } }")]
    [InlineData("'access:clients:web': { 'token': 'SECRET', 'SharedDirectory': '/w', 'Destinations': ['default'] }")]
    public void A_token_is_left_out_however_it_is_written(string access)
    {
        var configuration = $$"""{ {{Destinations}}, {{access.Replace('\'', '"').Replace("SECRET", Secret, StringComparison.Ordinal)}} }""";
        var (code, output, error) = Of(
            Definition("article"), ["task-definition", "--from", "-", .. Default],
            ("SIDECAR_CONFIG", configuration), ("SIDECAR_Access__Token", Secret), ("SIDECAR_Access:TokenFile", "/laptop/token"));

        Assert.True(code == 0, error);
        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
        Assert.DoesNotContain("/laptop", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["sleep",3600]""")]
    [InlineData("\"s3 ls\"")]
    [InlineData("{}")]
    public void A_command_that_is_not_a_list_of_text_is_refused(string command)
    {
        var definition = JsonNode.Parse(Definition("article"))!;
        definition["containerDefinitions"]![0]!["command"] = JsonNode.Parse(command);
        var (code, output, error) = GenerateRun.Task(definition.ToJsonString(), [.. Default, .. OneRole[..2]]);

        Assert.Equal((64, ""), (code, output));
        Assert.StartsWith("credential-sidecar: command of \"app\" is ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("volumes")]
    [InlineData("containerDefinitions.0.mountPoints")]
    [InlineData("containerDefinitions.0.dependsOn")]
    public void A_list_of_another_type_is_refused_and_not_replaced(string path)
    {
        var definition = JsonNode.Parse(Definition("article"))!;
        var keys = path.Split('.');
        var parent = keys.Length == 1 ? definition : definition["containerDefinitions"]![0]!;
        parent[keys[^1]] = new JsonObject { ["name"] = "x" };

        var (code, _, error) = GenerateRun.Task(definition.ToJsonString(), [.. Default, .. OneRole[..2]]);
        Assert.Equal(64, code);
        Assert.Contains($"{keys[^1]} of ", error, StringComparison.Ordinal);
        Assert.EndsWith("expected a list.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_launcher_that_is_there_keeps_its_flags_and_its_program()
    {
        var definition = JsonNode.Parse(Definition("article"))!;
        var app = definition["containerDefinitions"]![0]!;
        app["entryPoint"] = JsonNode.Parse(
            """["/x/credential-launch","--wait","5m","--destination","old","--allow","AWS_PROFILE","--","/app/orders"]""");
        app["command"] = JsonNode.Parse("""["--serve"]""");

        var container = Container(GenerateRun.Task(definition.ToJsonString(), [.. Default, .. OneRole[..2]]).Output, "app");

        Assert.Equal(
            ["/credential-sidecar/credential-launch", "--destination", "default", "--wait", "5m", "--allow", "AWS_PROFILE", "--"],
            Words(container, "entryPoint"));
        Assert.Equal(["/app/orders", "--serve"], Words(container, "command"));
    }

    [Fact]
    public void Other_ports_reach_the_launcher_and_the_health_check()
    {
        var configuration = $$"""{ {{Destinations}}, "Listen": { "Port": 9300 }, "Health": { "Port": 9301 } }""";
        var output = Of(Definition("article"), ["task-definition", "--from", "-", .. Default], ("SIDECAR_CONFIG", configuration)).Output;

        Assert.Equal(
            ["/credential-sidecar/credential-launch", "--destination", "default", "--port", "9300", "--"],
            Words(Container(output, "app"), "entryPoint"));
        Assert.Contains("\"SIDECAR_HEALTH_PORT\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_run_with_another_configuration_leaves_nothing_of_the_first()
    {
        var first = GenerateRun.Task(Definition("article"), [.. Default, .. OneRole[..2], "--external-id", "former-id"]).Output;
        var (code, second, error) = GenerateRun.Task(first, [.. Default, .. OneRole[..2]]);

        Assert.Equal(0, code);
        Assert.DoesNotContain("former-id", second, StringComparison.Ordinal);
        Assert.Contains("SIDECAR_EXTERNAL_ID is removed from container credential-sidecar", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mode_may_change_to_the_launcher_and_not_back_without_the_programs_words()
    {
        string[] both = ["--container", "app=default", "--container", "batch=default", .. OneRole];
        string[] words =
        [
            "--entrypoint", "app=/app", "--command", "app=", "--entrypoint", "batch=/batch", "--command", "batch=",
        ];
        var intercepted = GenerateRun.Task(Definition("users"), ["--mode", "intercept", .. both]).Output;
        var (code, launched, error) = GenerateRun.Task(intercepted, [.. both, .. words]);

        Assert.True(code == 0, error);
        Assert.DoesNotContain("credential-sidecar-init", launched, StringComparison.Ordinal);
        Assert.DoesNotContain("Interception", launched, StringComparison.Ordinal);
        Assert.Equal(
            "credential-sidecar: Container app starts through the launcher. Restore its entryPoint and command, then use --mode "
            + "intercept.\n",
            GenerateRun.Task(launched, ["--mode", "intercept", .. both]).Error);
    }

    [Fact]
    public void Two_containers_of_one_user_cannot_have_two_destinations_by_interception()
    {
        var definition = Definition("users").Replace("1001", "1000", StringComparison.Ordinal);
        var configuration = $$"""
            { "Destinations": { "a": { "Hops": [ { "RoleArn": "{{Target}}" } ] }, "b": { "Hops": [ { "RoleArn": "{{Target}}" } ] } } }
            """;
        string[] words = ["task-definition", "--from", "-", "--mode", "intercept", "--image", "x", "--container", "app=a", "--container"];

        Assert.StartsWith("credential-sidecar: Containers app, batch have uid 1000 and different destinations.",
            Of(definition, [.. words, "batch=b"], ("SIDECAR_CONFIG", configuration)).Error, StringComparison.Ordinal);
        Assert.Equal(0, Of(definition, [.. words, "batch=a"], ("SIDECAR_CONFIG", configuration)).Code);
    }

    [Fact]
    public void Fields_that_awsvpc_does_not_support_are_removed_with_a_note()
    {
        var definition = JsonNode.Parse(Definition("bridge"))!;
        definition["containerDefinitions"]![0]!["links"] = new JsonArray("db");
        var (_, output, error) = GenerateRun.Task(definition.ToJsonString(), [.. Default, .. OneRole[..2], "--network-mode", "awsvpc"]);

        Assert.DoesNotContain("hostPort", output, StringComparison.Ordinal);
        Assert.DoesNotContain("links", output, StringComparison.Ordinal);
        Assert.Contains("hostPort of port 80 of container app is removed", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_come_after_their_callers()
    {
        const string Configuration = """
            { "Destinations": {
              "a": { "Hops": [ { "RoleArn": "arn:aws:iam::777777777777:role/audit" } ] },
              "b": { "Hops": [
                { "RoleArn": "arn:aws:iam::555555555555:role/hub" }, { "RoleArn": "arn:aws:iam::777777777777:role/audit" } ] },
              "c": { "Hops": [
                { "RoleArn": "arn:aws:iam::555555555555:role/hub" }, { "RoleArn": "arn:aws:iam::111122223333:role/local" } ] } } }
            """;
        string[] words = ["iam", "--task-role", "arn:aws:iam::111122223333:role/task"];
        var roles = JsonNode.Parse(Of("", words, ("SIDECAR_CONFIG", Configuration)).Output)!["roles"]!.AsArray();

        Assert.Equal(["task", "hub", "audit", "local"], roles.Select(role => ((string)role!["role"]!).Split('/')[^1]));
        Assert.Contains("in this order: 111122223333, 555555555555, 777777777777, 111122223333.",
            Of("", [.. words, "--format", "cli"], ("SIDECAR_CONFIG", Configuration)).Output, StringComparison.Ordinal);
        Assert.Contains("Account 111122223333 has a role that a role of another account assumes, and one that it calls",
            Of("", [.. words, "--format", "cloudformation", "--out", "/tmp"], ("SIDECAR_CONFIG", Configuration)).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_shell_never_reads_the_path_of_a_role()
    {
        var output = Of("",
        [
            "iam", "--task-role", "arn:aws:iam::111122223333:role/task", "--role-arn",
            "arn:aws:iam::555566667777:role/`id>pwned`/a'b/r", "--format", "cli",
        ]).Output;

        Assert.Contains("  role 'r' '/`id>pwned`/a'\\''b/' 'arn:aws:iam::555566667777:role/`id>pwned`/a'\\''b/r' '{", output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--execution-role arn:aws:iam::111122223333:role/task", "is named for two purposes")]
    [InlineData("--out ", "--out is empty; expected a directory.")]
    public void Flags_that_contradict_are_refused(string flags, string expected) => Assert.Contains(expected,
        Of("", ["iam", "--task-role", "arn:aws:iam::111122223333:role/task", "--role-arn", Target, .. flags.Split(' ')]).Error,
        StringComparison.Ordinal);
}
