using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The real AWS provider applies the example to two accounts in moto.</summary>
[Collection(Terraform.Provider)]
public sealed class AppliedTests : IDisposable
{
    private const string Configuration = """
        { "Destinations": { "reports": { "Hops": [
          { "RoleArn": "arn:aws:iam::555566667777:role/reports", "ExternalId": "orders-7f3a" } ] } } }
        """;

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

    private static readonly string[] Inputs =
    [
        "-var=region=eu-central-1", "-var=profile=task", "-var=destination_profile=reports", "-var=external_id=orders-7f3a",
        "-var=sidecar_image=registry/credential-sidecar:1",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("applied-").FullName;

    private string Profiles => Path.Combine(_folder, "credentials");

    private string Generated => Path.Combine(_folder, "task-definition.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_example_creates_what_generate_writes_and_a_second_plan_changes_nothing()
    {
        using var terraform = await Terraform.CopyAsync();
        await using var moto = await MotoServer.StartAsync(("MOTO_IAM_LOAD_MANAGED_POLICIES", "true"));
        await WriteProfilesAsync(moto);
        terraform.Environment["AWS_ENDPOINT_URL"] = moto.Address.GetLeftPart(UriPartial.Authority);
        terraform.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Profiles;
        terraform.Environment["AWS_CONFIG_FILE"] = Path.Combine(_folder, "none");
        await terraform.InitializeAsync("fargate");

        var applied = await terraform.RunAsync("fargate", ["apply", "-auto-approve", "-no-color", .. Inputs]);
        Assert.True(applied.Code == 0 && !applied.Output.Contains("Warning", StringComparison.Ordinal), applied.ToString());
        var second = await terraform.RunAsync("fargate", ["plan", "-detailed-exitcode", "-no-color", .. Inputs]);
        var created = await DescribeAsync(moto);
        await GenerateAsync();
        await AwsAsync(moto, "task", "ecs", "register-task-definition", "--cli-input-json", $"file://{Generated}");
        var generated = await DescribeAsync(moto);
        var destination = (await AwsAsync(moto, "reports", "iam", "get-role", "--role-name", "reports"))["Role"]!;

        Assert.True(second.Code == 0, second.ToString());
        var (expected, actual) = (TaskContainers.Comparable(generated["containerDefinitions"]!),
            TaskContainers.Comparable(created["containerDefinitions"]!));
        Assert.Equal((1, 2), ((int)created["revision"]!, (int)generated["revision"]!));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"generate:\n{expected}\nterraform:\n{actual}");
        Assert.All(
            ["family", "networkMode", "requiresCompatibilities", "cpu", "memory"],
            field => Assert.True(JsonNode.DeepEquals(generated[field], created[field]), $"{field}: {created[field]}"));
        Assert.Equal("arn:aws:iam::555566667777:role/reports", destination.Text("Arn"));
        Assert.Contains(
            created.Text("taskRoleArn"), destination["AssumeRolePolicyDocument"]!.ToJsonString(), StringComparison.Ordinal);
    }

    // moto takes the account of the caller from the keys: those of a session are of the role's account.
    private async Task WriteProfilesAsync(MotoServer moto)
    {
        await File.WriteAllTextAsync(
            Profiles, "[task]\naws_access_key_id = testing\naws_secret_access_key = testing\n", TestContext.Current.CancellationToken);
        var session = (await AwsAsync(moto, "task", "sts", "assume-role", "--role-arn", "arn:aws:iam::555566667777:role/admin",
            "--role-session-name", "terraform"))["Credentials"]!;
        await File.AppendAllTextAsync(
            Profiles,
            $"[reports]\naws_access_key_id = {session.Text("AccessKeyId")}\naws_secret_access_key = {session.Text("SecretAccessKey")}\n"
                + $"aws_session_token = {session.Text("SessionToken")}\n",
            TestContext.Current.CancellationToken);
    }

    private async Task<JsonNode> DescribeAsync(MotoServer moto) =>
        (await AwsAsync(moto, "task", "ecs", "describe-task-definition", "--task-definition", "orders"))["taskDefinition"]!;

    private async Task GenerateAsync()
    {
        var (from, configuration) = (Path.Combine(_folder, "task.json"), Path.Combine(_folder, "configuration.json"));
        await File.WriteAllTextAsync(from, Task, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(configuration, Configuration, TestContext.Current.CancellationToken);
        var ended = await Programs.SidecarAsync(["generate", "task-definition", "--from", from, "--config", configuration,
            "--container", "app=reports", "--image", "registry/credential-sidecar:1", "--out", _folder]);
        Assert.True(ended.Code == 0, ended.ToString());
    }

    private async Task<JsonNode> AwsAsync(MotoServer moto, string profile, params string[] words)
    {
        var environment = CleanEnvironment.With(("AWS_SHARED_CREDENTIALS_FILE", Profiles), ("AWS_PROFILE", profile),
            ("AWS_CONFIG_FILE", Path.Combine(_folder, "none")), ("AWS_DEFAULT_REGION", "eu-central-1"));
        var ended = await AwsCli.RunAsync(environment, moto.Address, words);
        Assert.True(ended.Code == 0, ended.ToString());
        return JsonNode.Parse(ended.Output)!;
    }
}
