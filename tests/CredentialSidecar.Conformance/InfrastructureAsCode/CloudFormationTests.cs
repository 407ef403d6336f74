using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The templates as stacks in moto: what they create is what <c>credential-sidecar generate</c> writes.</summary>
public sealed class CloudFormationTests : IDisposable
{
    // moto has one account, so both stacks are in it.
    private const string Account = "123456789012";
    private const string Role = $"arn:aws:iam::{Account}:role/reports";
    private const string Image = "registry/credential-sidecar:1";

    private const string Task = """
        {
          "family": "orders", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
          "containerDefinitions": [{
            "name": "app", "image": "registry/orders:1", "essential": true, "entryPoint": ["/app"], "command": ["serve"],
            "logConfiguration": { "logDriver": "awslogs", "options": {
              "awslogs-group": "/ecs/orders", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "orders" } }
          }]
        }
        """;

    private static readonly Dictionary<string, string?> Keys = CleanEnvironment.With(
        ("AWS_ACCESS_KEY_ID", "testing"), ("AWS_SECRET_ACCESS_KEY", "testing"), ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"));

    private readonly string _folder = Directory.CreateTempSubdirectory("cloudformation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // moto checks a template with cfn-lint, which has the schema of every resource.
    [Theory]
    [InlineData("fargate")]
    [InlineData("destination")]
    public async Task The_template_is_valid_and_a_mistyped_field_is_not(string template)
    {
        await using var moto = await MotoServer.StartAsync();
        var mistyped = Path.Combine(_folder, "mistyped.yaml");
        var text = await File.ReadAllTextAsync(Template(template), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            mistyped, text.Replace("AssumeRolePolicyDocument:", "AssumeRolePolicy:", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        await AwsAsync(moto, "cloudformation", "validate-template", "--template-body", $"file://{Template(template)}");
        var refused = await AwsCli.RunAsync(
            Keys, moto.Address, "cloudformation", "validate-template", "--template-body", $"file://{mistyped}");

        Assert.NotEqual(0, refused.Code);
        Assert.Contains("AssumeRolePolicy", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stack_has_the_containers_and_volumes_that_generate_writes()
    {
        await using var moto = await MotoServer.StartAsync();
        await DeployTaskAsync(moto);
        var created = await DescribeAsync(moto);

        var from = Path.Combine(_folder, "task.json");
        await File.WriteAllTextAsync(from, Task, TestContext.Current.CancellationToken);
        await GenerateAsync("task-definition", "--from", from, "--container", "app=default", "--image", Image, "--out", _folder);

        // The same ECS describes both, so that its defaults are in both.
        var input = $"file://{Path.Combine(_folder, "task-definition.json")}";
        await AwsAsync(moto, "ecs", "register-task-definition", "--cli-input-json", input);
        var generated = await DescribeAsync(moto);

        Assert.Equal((1, 2), ((int)created["revision"]!, (int)generated["revision"]!));
        var (expected, actual) = (TaskContainers.Comparable(generated["containerDefinitions"]!),
            TaskContainers.Comparable(created["containerDefinitions"]!));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"generate:\n{expected}\nstack:\n{actual}");
        Assert.True(JsonNode.DeepEquals(generated["volumes"], created["volumes"]), $"{generated["volumes"]}\n{created["volumes"]}");
    }

    [Fact]
    public async Task The_stacks_have_the_policies_that_generate_writes()
    {
        await using var moto = await MotoServer.StartAsync();
        await DeployTaskAsync(moto);
        var resources = (await AwsAsync(moto, "cloudformation", "describe-stack-resources", "--stack-name", "orders"))["StackResources"]!
            .AsArray().ToDictionary(resource => resource!.Text("LogicalResourceId"), resource => resource!.Text("PhysicalResourceId"));
        var task = (await AwsAsync(moto, "iam", "get-role", "--role-name", resources["TaskRole"]))["Role"]!;
        var execution = (await AwsAsync(moto, "iam", "get-role", "--role-name", resources["ExecutionRole"]))["Role"]!;
        await DeployAsync(moto, "destination", "CAPABILITY_NAMED_IAM", $"TaskRoleArn={task.Text("Arn")}", "ExternalId=orders-7f3a");
        var reports = (await AwsAsync(moto, "iam", "get-role", "--role-name", "reports"))["Role"]!;
        var inline = await AwsAsync(
            moto, "iam", "get-role-policy", "--role-name", resources["TaskRole"], "--policy-name", "credential-sidecar");

        var generated = JsonNode.Parse((await GenerateAsync(
            "iam", "--task-role", task.Text("Arn"), "--region", "eu-central-1", "--execution-role", execution.Text("Arn"))).Output)!;
        var roles = generated["roles"]!.AsArray().ToDictionary(role => role!.Text("role"), role => role!);

        Assert.Equal(Role, reports.Text("Arn"));
        Assert.All(
            [task, execution, reports], role => Policy.Same(roles[role.Text("Arn")]["trustPolicy"], role["AssumeRolePolicyDocument"]));

        // moto returns an inline policy of a template as Python writes it.
        Policy.Same(
            roles[task.Text("Arn")]["policy"], JsonNode.Parse(inline.Text("PolicyDocument").Replace('\'', '"')));
        Assert.Equal("/ecs/orders", resources["LogGroup"]);
    }

    private static string Template(string name) => Repository.File("samples", "cloudformation", $"{name}.yaml");

    private static Task DeployTaskAsync(MotoServer moto) => DeployAsync(moto, "fargate", "CAPABILITY_IAM",
        $"DestinationRoleArn={Role}", "ExternalId=orders-7f3a", $"SidecarImage={Image}", "Image=registry/orders:1", "Command=/app,serve");

    private static async Task DeployAsync(MotoServer moto, string template, string capability, params string[] parameters)
    {
        var stack = template == "fargate" ? "orders" : "reports";
        var ended = await AwsCli.RunAsync(Keys, moto.Address, ["cloudformation", "deploy", "--stack-name", stack,
            "--template-file", Template(template), "--capabilities", capability, "--parameter-overrides", .. parameters]);
        Assert.True(ended.Code == 0, ended.ToString());
    }

    private static async Task<JsonNode> DescribeAsync(MotoServer moto) =>
        (await AwsAsync(moto, "ecs", "describe-task-definition", "--task-definition", "orders"))["taskDefinition"]!;

    private static async Task<JsonNode> AwsAsync(MotoServer moto, params string[] words)
    {
        var ended = await AwsCli.RunAsync(Keys, moto.Address, words);
        Assert.True(ended.Code == 0, ended.ToString());
        return JsonNode.Parse(ended.Output)!;
    }

    private static async Task<ChildProcess.Ended> GenerateAsync(params string[] words)
    {
        var ended = await Programs.SidecarAsync(["generate", .. words, "--role-arn", Role, "--external-id", "orders-7f3a"]);
        Assert.True(ended.Code == 0, ended.ToString());
        return ended;
    }
}
