using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Compatibility;
using CredentialSidecar.Conformance.EcsSamples;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Generating;

/// <summary>What <c>credential-sidecar generate</c> writes, in the hands of the AWS CLI, an ECS and an IAM, and as processes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class GeneratedTests : IDisposable
{
    private const string Role = "arn:aws:iam::555566667777:role/reports";

    private static readonly Dictionary<string, string?> Keys = CleanEnvironment.With(
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"));

    private readonly string _directory = Directory.CreateTempSubdirectory("generated-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The files of the fast tests, and the flags with which the sidecar fits in.</summary>
    public static TheoryData<string, string> Definitions => new()
    {
        { "article", "--container app=default" },
        { "described", "--container shop=default --entrypoint shop=/app/shop" },
        { "firelens", "--container app=default --container log_router=default" },
        { "efs", "--container app=default" },
        { "several", "--container app=default --container migrate=default" },
        { "bridge", "--container app=default --network-mode awsvpc" },
        { "imageonly", "--container app=default --entrypoint app=/docker-entrypoint.sh --command app=nginx" },
        { "users", "--mode intercept --container app=default --container batch=default" },
    };

    [Theory, MemberData(nameof(Definitions))]
    public async Task Ecs_accepts_the_definition_and_its_description_generates_the_same(string name, string flags)
    {
        await using var moto = await MotoServer.StartAsync();
        var file = await GenerateAsync(Definition(name), flags);

        var registered = await AwsCli.RunAsync(Keys, moto.Address, "ecs", "register-task-definition", "--cli-input-json", $"file://{file}");
        Assert.True(registered.Code == 0, registered.ToString());
        var family = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!.Text("family");
        var described = await AwsCli.RunAsync(
            Keys, moto.Address, "ecs", "describe-task-definition", "--task-definition", family, "--include", "TAGS");
        await File.WriteAllTextAsync(Path.Combine(_directory, "described.json"), described.Output, TestContext.Current.CancellationToken);
        var again = await GenerateAsync(Path.Combine(_directory, "described.json"), flags);

        // ECS adds defaults to what was registered.
        var kept = JsonNode.Parse(described.Output)!["taskDefinition"]!["containerDefinitions"];
        Assert.True(JsonNode.DeepEquals(kept, Containers(again)), $"{kept}\n{Containers(again)}");
    }

    [Fact]
    public async Task The_articles_example_acts_in_the_other_account()
    {
        await Installed.AwsCliAsync();
        var file = await GenerateAsync(Definition("article"), "--container app=default");
        var containers = Containers(file).AsArray();
        var shared = Directory.CreateDirectory(Path.Combine(_directory, "shared")).FullName;
        var launcher = Path.Combine(shared, "credential-launch");
        File.Copy(await LauncherProgram.PathAsync(), launcher);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(
            emulator, [.. Sample.Variables(containers[0]!), ("SIDECAR_SHARED_DIR", shared)]);
        await sidecar.ReadyAsync();

        var container = CleanEnvironment.With(
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri), ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("CREDENTIAL_LAUNCH_ALLOW_IMDS", "true"), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/nonexistent/config"),
            ("CREDENTIAL_LAUNCH_PORT", $"{sidecar.Endpoint.Port}"), ("SIDECAR_HEALTH_PORT", $"{sidecar.Health.Port}"));
        var sts = emulator.Sts.GetLeftPart(UriPartial.Authority);
        string[] words = [.. containers[1]!.Words("command")[..^1], $"aws --endpoint-url {sts} sts get-caller-identity"];
        var caller = await ChildProcess.RunAsync(launcher, [.. containers[1]!.Words("entryPoint")[1..], .. words], container);

        Assert.True(caller.Code == 0, caller.ToString());
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", JsonNode.Parse(caller.Output)!.Text("Arn"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_script_for_iam_makes_the_roles_and_may_run_twice()
    {
        await using var moto = await MotoServer.StartAsync();

        // moto has one account.
        const string Account = "123456789012";
        var generated = await Programs.SidecarAsync(
        [
            "generate", "iam", "--task-role", $"arn:aws:iam::{Account}:role/orders-task", "--role-arn",
            $"arn:aws:iam::{Account}:role/hub,arn:aws:iam::{Account}:role/team/reports", "--external-id", "orders-7f3a", "--format", "cli",
            "--out", _directory,
        ]);
        Assert.True(generated.Code == 0, generated.ToString());
        var environment = new Dictionary<string, string?>(Keys) { ["AWS_ENDPOINT_URL"] = moto.Address.GetLeftPart(UriPartial.Authority) };
        var cli = Path.Combine(_directory, "aws");

        // Older versions of the AWS CLI do not read AWS_ENDPOINT_URL.
        await File.WriteAllTextAsync(cli, "#!/bin/sh\nexec /usr/bin/env PATH=\"$OUTER\" aws --endpoint-url \"$AWS_ENDPOINT_URL\" \"$@\"\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(cli, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var path = Environment.GetEnvironmentVariable("PATH");
        (environment["OUTER"], environment["PATH"]) = (path, $"{_directory}:{path}");

        var first = await ChildProcess.RunAsync("/bin/sh", [Path.Combine(_directory, "iam.sh")], environment);
        var second = await ChildProcess.RunAsync("/bin/sh", [Path.Combine(_directory, "iam.sh")], environment);
        var trust = await AwsCli.RunAsync(Keys, moto.Address, "iam", "get-role", "--role-name", "reports");
        var policy = await AwsCli.RunAsync(
            Keys, moto.Address, "iam", "get-role-policy", "--role-name", "hub", "--policy-name", "credential-sidecar");

        Assert.True(first is { Code: 0, Output: "" }, first.ToString());
        Assert.True(second.Code == 0, second.ToString());
        Assert.Contains("role/orders-task exists. Check that its trust policy has these statements:", second.Output,
            StringComparison.Ordinal);
        Assert.Contains("\"sts:ExternalId\": \"orders-7f3a\"", trust.Output, StringComparison.Ordinal);
        Assert.Contains($"role/team/reports", policy.Output, StringComparison.Ordinal);
    }

    private async Task<string> GenerateAsync(string file, string flags)
    {
        var generated = await Programs.SidecarAsync(
        [
            "generate", "task-definition", "--from", file, "--role-arn", Role, "--external-id", "orders-7f3a",
            "--image", "registry/credential-sidecar:1", "--out", _directory, .. flags.Split(' '),
        ]);
        Assert.True(generated.Code == 0, generated.ToString());
        var copy = Path.Combine(_directory, $"{Guid.NewGuid():n}.json");
        File.Move(Path.Combine(_directory, "task-definition.json"), copy);
        return copy;
    }

    private static string Definition(string name) =>
        Repository.File("tests", "CredentialSidecar.Tests", "Generating", "Definitions", $"{name}.json");

    private static JsonNode Containers(string file) => JsonNode.Parse(File.ReadAllText(file))!["containerDefinitions"]!;
}
