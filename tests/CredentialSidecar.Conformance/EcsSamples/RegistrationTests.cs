using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.EcsSamples;

/// <summary>The AWS CLI knows every field, and the service keeps it: registered, and read back field by field.</summary>
public sealed partial class RegistrationTests
{
    private static readonly Dictionary<string, string?> Keys = CleanEnvironment.With(
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"));

    [Theory, MemberData(nameof(Sample.All), MemberType = typeof(Sample))]
    public async Task A_task_definition_comes_back_as_it_was_registered(string name)
    {
        var sample = Sample.Of(name);
        await using var moto = await MotoServer.StartAsync();
        var registered = await RunAsync(moto.Address, "register-task-definition", "--cli-input-json", $"file://{sample.File}");
        Assert.True(registered.Code == 0, registered.ToString());

        var described = await RunAsync(moto.Address, "describe-task-definition", "--task-definition", sample.Task.Text("family"));
        Assert.True(described.Code == 0, described.ToString());

        var differences = Differences(sample.Task, JsonNode.Parse(described.Output)!["taskDefinition"], "").ToArray();
        Assert.True(differences is [], string.Join('\n', differences));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/interception.md")]
    public async Task A_task_definition_in_the_documentation_can_be_registered_as_it_stands(string document)
    {
        var written = Blocks().Matches(await File.ReadAllTextAsync(Repository.File(document), TestContext.Current.CancellationToken))
            .Select(block => block.Groups[1].Value).Single(block => block.Contains("containerDefinitions", StringComparison.Ordinal));
        await using var moto = await MotoServer.StartAsync();

        var registered = await RunAsync(moto.Address, "register-task-definition", "--cli-input-json", written);

        // Which moto does not ask for, and ECS does.
        Assert.True(
            !written.Contains("\"secrets\"", StringComparison.Ordinal)
            || written.Contains("\"executionRoleArn\"", StringComparison.Ordinal));
        Assert.True(registered.Code == 0, registered.ToString());
    }

    [Fact]
    public async Task A_mistyped_field_is_refused()
    {
        var wrong = Sample.Of("fargate/task-definition").Task.ToJsonString()
            .Replace("\"ignoredExitCodes\"", "\"ignoreExitCodes\"", StringComparison.Ordinal);

        // Before it asks anybody.
        var ended = await RunAsync(new Uri("http://127.0.0.1:9"), "register-task-definition", "--cli-input-json", wrong);

        Assert.NotEqual(0, ended.Code);
        Assert.Contains("ignoreExitCodes", ended.Errors, StringComparison.Ordinal);
    }

    // What the service adds does not matter, so only what the sample says is looked for.
    private static IEnumerable<string> Differences(JsonNode? sent, JsonNode? kept, string path) => (sent, kept) switch
    {
        (JsonObject from, JsonObject to) => from.SelectMany(field => Differences(field.Value, to[field.Key], $"{path}.{field.Key}")),
        (JsonArray from, JsonArray to) when from.Count == to.Count =>
            from.Index().SelectMany(item => Differences(item.Item, to[item.Index], $"{path}[{item.Index}]")),
        _ when JsonNode.DeepEquals(sent, kept) => [],
        _ => [$"{path}: sent {sent?.ToJsonString()}, kept {kept?.ToJsonString()}"],
    };

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    private static Task<ChildProcess.Ended> RunAsync(Uri service, params string[] words) =>
        AwsCli.RunAsync(Keys, service, ["ecs", .. words]);
}
