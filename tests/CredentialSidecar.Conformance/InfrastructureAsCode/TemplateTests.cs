using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Parts;
using YamlDotNet.RepresentationModel;

namespace CredentialSidecar.Conformance.InfrastructureAsCode;

/// <summary>The fields of the task definition that moto's CloudFormation does not keep, read from the template itself.</summary>
public sealed class TemplateTests
{
    private const string Fargate = "fargate/task-definition";

    [Fact]
    public void The_task_definition_is_for_fargate_and_awsvpc_and_has_both_roles()
    {
        var properties = Resource("TaskDefinition");
        var sample = Sample.Of(Fargate).Task;

        Assert.Equal(sample.Text("networkMode"), (string?)properties["NetworkMode"]);
        Assert.Equal(
            sample.Words("requiresCompatibilities"), ((YamlSequenceNode)properties["RequiresCompatibilities"]).Select(one => $"{one}"));
        Assert.Equal(("!GetAtt", "TaskRole.Arn"), Reference(properties["TaskRoleArn"]));
        Assert.Equal(("!GetAtt", "ExecutionRole.Arn"), Reference(properties["ExecutionRoleArn"]));
        Assert.Equal(("!Ref", "Cpu"), Reference(properties["Cpu"]));
        Assert.Equal(("!Ref", "Memory"), Reference(properties["Memory"]));
    }

    [Fact]
    public void The_sizes_are_those_of_the_sample()
    {
        var sample = Sample.Of(Fargate).Task;
        var parameters = (YamlMappingNode)Root()["Parameters"];

        Assert.Equal(sample.Text("cpu"), (string?)parameters["Cpu"]["Default"]);
        Assert.Equal(sample.Text("memory"), (string?)parameters["Memory"]["Default"]);
    }

    [Fact]
    public async Task The_execution_role_has_the_managed_policy_that_generate_writes()
    {
        const string Execution = "arn:aws:iam::111122223333:role/orders-execution";
        var generated = await Programs.SidecarAsync(["generate", "iam", "--task-role", "arn:aws:iam::111122223333:role/orders-task",
            "--execution-role", Execution, "--role-arn", "arn:aws:iam::555566667777:role/reports"]);
        var role = JsonNode.Parse(generated.Output)!["roles"]!.AsArray().Single(role => role!.Text("role") == Execution)!;
        var policies = (YamlSequenceNode)Resource("ExecutionRole")["ManagedPolicyArns"];

        Assert.Equal(
            role.Words("managedPolicyArns"),
            policies.Select(policy => $"{policy}".Replace("${AWS::Partition}", "aws", StringComparison.Ordinal)));
    }

    private static (string Tag, string? Value) Reference(YamlNode node) => (node.Tag.Value, (string?)node);

    private static YamlNode Resource(string name) => Root()["Resources"][name]["Properties"];

    private static YamlNode Root()
    {
        var yaml = new YamlStream();
        using var reader = new StreamReader(Repository.File("samples", "cloudformation", "fargate.yaml"));
        yaml.Load(reader);
        return yaml.Documents[0].RootNode;
    }
}
