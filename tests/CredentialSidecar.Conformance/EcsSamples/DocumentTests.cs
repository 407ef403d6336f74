using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;

namespace CredentialSidecar.Conformance.EcsSamples;

/// <summary>What docs/ecs.md says about roles is what <c>generate iam</c> writes.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public async Task Page_shows_the_trust_of_the_task_role_and_names_every_action_and_managed_policy()
    {
        var page = await File.ReadAllTextAsync(Repository.File("docs", "ecs.md"), TestContext.Current.CancellationToken);
        var generated = await Programs.SidecarAsync(
        [
            "generate", "iam", "--task-role", "arn:aws:iam::111122223333:role/orders-task", "--region", "eu-central-1", "--ecs-exec",
            "--execution-role", "arn:aws:iam::111122223333:role/orders-execution", "--external", "arn:aws:iam::111122223333:role/instance",
            "--role-arn", "arn:aws:iam::555566667777:role/reports", "--external-id", "orders-7f3a",
        ]);
        Assert.True(generated.Code == 0, generated.ToString());
        var roles = JsonNode.Parse(generated.Output)!["roles"]!.AsArray().ToDictionary(role => role!.Text("purpose"), role => role!);

        var shown = JsonNode.Parse(Blocks().Matches(page).Single(block => block.Value.Contains("SourceAccount")).Groups[1].Value);
        Assert.All(
            (string[])["task role", "execution role"],
            role => Assert.True(JsonNode.DeepEquals(shown, roles[role]["trustPolicy"]!["Statement"]![0]), generated.Output));

        var exec = roles["task role"]["policy"]!["Statement"]![1]!.Words("Action");
        Assert.Equal(4, exec.Length);
        Assert.All(exec, action => Assert.Contains($"`{action}`", page, StringComparison.Ordinal));

        var external = roles["role of ECS Anywhere instances"];
        Assert.All(
            roles.Values.SelectMany(role => role.Words("managedPolicyArns")),
            policy => Assert.Contains($"`{policy.Split('/')[^1]}`", page, StringComparison.Ordinal));
        Assert.Contains($"`{external["trustPolicy"]!["Statement"]![0]!["Principal"]!.Text("Service")}`", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
