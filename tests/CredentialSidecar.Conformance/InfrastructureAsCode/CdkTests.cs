using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The template of samples/cdk has what <c>credential-sidecar generate</c> writes for the same task.</summary>
public sealed class CdkTests : IDisposable
{
    private const string TaskRole = "arn:aws:iam::111122223333:role/orders-task";

    private const string Task = """
        {
          "family": "orders", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
          "containerDefinitions": [{
            "name": "app", "image": "public.ecr.aws/aws-cli/aws-cli:latest", "essential": true,
            "entryPoint": ["/usr/local/bin/aws"], "command": ["sts", "get-caller-identity"],
            "logConfiguration": { "logDriver": "awslogs", "options": {
              "awslogs-group": "/ecs/orders", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "orders" } }
          }]
        }
        """;

    private static readonly string Folder = Repository.File("samples", "cdk");

    private readonly string _folder = Directory.CreateTempSubdirectory("cdk-").FullName;
    private JsonObject _resources = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_template_has_the_task_and_the_policies_that_generate_writes()
    {
        await SynthesizeAsync();
        var from = Path.Combine(_folder, "task.json");
        await File.WriteAllTextAsync(from, Task, TestContext.Current.CancellationToken);
        var generated = await GenerateAsync(
            "task-definition", "--from", from, "--container", "app=default", "--image", "YOUR-REGISTRY/credential-sidecar");
        var roles = (await GenerateAsync("iam", "--task-role", TaskRole, "--region", "eu-central-1"))["roles"]!;
        var created = CamelCase(Resolve(Resource("AWS::ECS::TaskDefinition", "")))!.AsObject();
        var (expected, actual) = (TaskContainers.Comparable(generated["containerDefinitions"]!),
            TaskContainers.Comparable(created["containerDefinitions"]!));

        Assert.True(JsonNode.DeepEquals(expected, actual), $"generate:\n{expected}\ntemplate:\n{actual}");
        Assert.All(
            ["family", "networkMode", "requiresCompatibilities", "cpu", "memory", "volumes"],
            field => Assert.True(JsonNode.DeepEquals(generated[field], created[field]), $"{field}: {created[field]}"));
        Policy.Same(roles[0]!["policy"], Resource("AWS::IAM::Policy", "TaskRoleDefaultPolicy")["PolicyDocument"]);
        Policy.Same(roles[0]!["trustPolicy"], Resolve(Resource("AWS::IAM::Role", "TaskRole")["AssumeRolePolicyDocument"]));
    }

    /// <summary>Runs the sample. No solution has it, because its packages are large.</summary>
    private async Task SynthesizeAsync()
    {
        await Installed.CommandAsync("node is not installed, which the CDK runs on: apt-get install nodejs", "node", "--version");
        var program = Path.Combine(Folder, "bin", "Debug", "net10.0", "cdk");
        Assert.SkipUnless(File.Exists(program), "samples/cdk is not built: dotnet build samples/cdk");
        var built = File.GetLastWriteTimeUtc($"{program}.dll");
        Assert.SkipWhen(
            Directory.EnumerateFiles(Folder, "*.cs").Any(file => File.GetLastWriteTimeUtc(file) > built),
            "samples/cdk is older than its sources: dotnet build samples/cdk");

        var ended = await ChildProcess.RunAsync(program, [_folder], CleanEnvironment.With(), TimeSpan.FromMinutes(3));
        Assert.True(ended.Code == 0, ended.ToString());
        var template = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_folder, "Orders.template.json"), TestContext.Current.CancellationToken))!;
        _resources = template["Resources"]!.AsObject();
    }

    private JsonNode Resource(string type, string prefix) => _resources
        .Single(one => one.Value!.Text("Type") == type && one.Key.StartsWith(prefix, StringComparison.Ordinal)).Value!["Properties"]!;

    // The references of CloudFormation in the sample. The roles of the task definition are not compared.
    private JsonNode? Resolve(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } json when json["Ref"] is { } name => (string?)name switch
        {
            "AWS::Region" => "eu-central-1",
            "AWS::AccountId" => "111122223333",
            "AWS::Partition" => "aws",
            _ => _resources[(string)name!]!["Properties"]!.Text("LogGroupName"),
        },
        JsonObject { Count: 1 } json when json["Fn::Join"] is JsonArray join =>
            string.Join((string)join[0]!, join[1]!.AsArray().Select(part => (string)Resolve(part)!)),
        JsonObject json => new JsonObject(json.Select(pair => KeyValuePair.Create(pair.Key, Resolve(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Resolve)]),
        _ => node?.DeepClone(),
    };

    // ECS writes containerPath where CloudFormation writes ContainerPath.
    private static JsonNode? CamelCase(JsonNode? node) => node switch
    {
        JsonObject json => new JsonObject(json.Select(pair =>
            KeyValuePair.Create($"{char.ToLowerInvariant(pair.Key[0])}{pair.Key[1..]}", CamelCase(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(CamelCase)]),
        _ => node?.DeepClone(),
    };

    private static async Task<JsonNode> GenerateAsync(params string[] words)
    {
        var ended = await Programs.SidecarAsync(["generate", .. words, "--role-arn", "arn:aws:iam::555566667777:role/reports",
            "--external-id", "orders-7f3a"]);
        Assert.True(ended.Code == 0, ended.ToString());
        return JsonNode.Parse(ended.Output)!;
    }
}
