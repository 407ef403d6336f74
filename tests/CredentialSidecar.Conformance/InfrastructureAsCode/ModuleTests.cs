using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The Terraform module returns what <c>credential-sidecar generate</c> writes for the same task.</summary>
public sealed class ModuleTests
{
    private const string TaskRole = "arn:aws:iam::111122223333:role/orders-task";

    private const string Root = """
        locals {
          input = jsondecode(file("input.json"))
        }

        module "sidecar" {
          source                = "./modules/credential-sidecar"
          container_definitions = local.input.container_definitions
          containers            = local.input.containers
          container_clients     = local.input.container_clients
          clients               = local.input.clients
          environment           = local.input.environment
          destinations          = local.input.destinations
          image                 = "registry/credential-sidecar:1"
          task_role_arn         = "arn:aws:iam::111122223333:role/orders-task"
          account_id            = "111122223333"
          region                = "eu-central-1"
        }

        output "sidecar" {
          value = module.sidecar
        }
        """;

    // Both tests of a case read the same outputs.
    private static readonly Dictionary<string, Lazy<Task<JsonNode>>> Outputs =
        ModuleCase.All.ToDictionary(pair => pair.Key, pair => new Lazy<Task<JsonNode>>(() => OutputsAsync(pair.Value)));

    public static TheoryData<string> Cases { get; } = [.. ModuleCase.All.Keys];

    [Theory, MemberData(nameof(Cases))]
    public async Task The_module_returns_the_containers_and_volumes_that_generate_writes(string name)
    {
        var task = ModuleCase.All[name];
        var outputs = await Outputs[name].Value;
        var generated = await GenerateAsync(task, "task-definition", ["--from", "task.json", "--image", ModuleCase.Image,
            .. task.Containers.SelectMany(container => new[] { "--container", container }),
            .. task.Clients.SelectMany(client => new[] { "--client", client }), .. task.Flags]);

        var expected = TaskContainers.Comparable(generated["containerDefinitions"]!);
        var actual = TaskContainers.Comparable(outputs["container_definitions"]!);
        var json = TaskContainers.Comparable(JsonNode.Parse(outputs.Text("container_definitions_json"))!);
        var volumes = new JsonArray([.. Volumes(task.Task["volumes"]), .. Volumes(outputs["volumes"])]);

        Assert.True(JsonNode.DeepEquals(expected, actual), $"generate:\n{expected}\nmodule:\n{actual}");
        Assert.True(JsonNode.DeepEquals(expected, json), $"generate:\n{expected}\nmodule:\n{json}");
        Assert.True(JsonNode.DeepEquals(Sorted(generated["volumes"]!), Sorted(volumes)), $"{generated["volumes"]}\n{volumes}");
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task The_module_returns_the_policies_that_generate_writes(string name)
    {
        var task = ModuleCase.All[name];
        var outputs = await Outputs[name].Value;
        var generated = await GenerateAsync(task, "iam", ["--task-role", TaskRole, "--region", "eu-central-1"]);
        var roles = generated["roles"]!.AsArray().ToDictionary(role => role!.Text("role"), role => role!);
        var hops = roles.Keys.Where(role => role != TaskRole).ToArray();

        Policy.Same(roles[TaskRole]["trustPolicy"], outputs["task_role_trust_policy"]);
        Policy.Same(roles[TaskRole]["policy"], outputs["task_role_policy"]);
        Assert.Equal(hops.Order(), outputs["trust_policies"]!.AsObject().Select(pair => pair.Key).Order());
        Assert.All(hops, role => Policy.Same(roles[role]["trustPolicy"], outputs["trust_policies"]![role]));
        Assert.All(hops, role => Policy.Same(roles[role]["policy"], outputs["hop_role_policies"]![role]));
    }

    private static async Task<JsonNode> OutputsAsync(ModuleCase task)
    {
        using var terraform = await Terraform.CopyAsync();
        await File.WriteAllTextAsync(terraform.PathOf("main.tf"), Root, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(terraform.PathOf("input.json"), task.Inputs.ToJsonString(), TestContext.Current.CancellationToken);
        await terraform.InitializeAsync("");
        var applied = await terraform.RunAsync("", "apply", "-auto-approve", "-no-color");
        Assert.True(applied.Code == 0, applied.ToString());
        var outputs = await terraform.RunAsync("", "output", "-json", "sidecar");
        Assert.True(outputs.Code == 0, outputs.ToString());
        return JsonNode.Parse(outputs.Output)!;
    }

    private static async Task<JsonNode> GenerateAsync(ModuleCase task, string command, IEnumerable<string> flags)
    {
        var folder = Directory.CreateTempSubdirectory("generate-").FullName;

        try
        {
            var (from, configuration) = (Path.Combine(folder, "task.json"), Path.Combine(folder, "configuration.json"));
            await File.WriteAllTextAsync(from, task.Task.ToJsonString(), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(configuration, task.Configuration, TestContext.Current.CancellationToken);
            string[] words = [.. flags.Select(flag => flag == "task.json" ? from : flag)];
            var ended = await Programs.SidecarAsync(["generate", command, "--config", configuration, .. words], task.Variables);
            Assert.True(ended.Code == 0, ended.ToString());
            return JsonNode.Parse(ended.Output)!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<JsonNode> Volumes(JsonNode? volumes) => (volumes?.AsArray() ?? []).Select(volume => volume!.DeepClone());

    private static JsonArray Sorted(JsonNode list) =>
        new([.. list.AsArray().Select(item => item!.DeepClone()).OrderBy(item => item.ToJsonString(), StringComparer.Ordinal)]);
}
