using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.EcsSamples;

/// <summary>The samples as processes of this machine, as far as one can go without ECS.</summary>
public sealed class RunningTests : IAsyncLifetime
{
    private readonly string _shared = Directory.CreateTempSubdirectory("ecs-sample-").FullName;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_shared, recursive: true);
        return default;
    }

    [Theory, MemberData(nameof(Sample.WithLauncher), MemberType = typeof(Sample))]
    public async Task The_application_acts_in_the_other_account(string name)
    {
        await Installed.AwsCliAsync();
        var (sample, launcher) = (Sample.Of(name), await InstallLauncherAsync());
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var sidecar = await SidecarProcess.StartAsync(emulator,
        [
            .. Sample.Variables(sample.Sidecar), ("SIDECAR_SHARED_DIR", _shared), ("SIDECAR_PORT", "0"), ("SIDECAR_HEALTH_PORT", "0"),

            // This test runs no init container, so it adds no rules and gives the sidecar another user and other ports.
            ("SIDECAR_Interception__Guard", "false"), ("SIDECAR_Interception__BlockImds", "false"),
        ]);
        await sidecar.ReadyAsync();

        // What ECS sets in every container of a task with a role, and what this machine needs besides.
        var container = CleanEnvironment.With(
        [
            .. Sample.Variables(sample["orders"]),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", emulator.RelativeUri),
            ("AWS_ENDPOINT_URL_STS", emulator.Sts.GetLeftPart(UriPartial.Authority)),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("CREDENTIAL_LAUNCH_ALLOW_IMDS", "true"), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/nonexistent/config"),

            // In a network of its own, the forwarder has the sidecar's port.
            ("CREDENTIAL_LAUNCH_PORT", $"{(sample.Forwards ? FreePort.Find() : sidecar.Endpoint.Port)}"),
            ("SIDECAR_HEALTH_PORT", $"{sidecar.Health.Port}"),
        ]);
        string[] command =
            ["aws", "--endpoint-url", emulator.Sts.GetLeftPart(UriPartial.Authority), "sts", "get-caller-identity"];
        var caller = await ChildProcess.RunAsync(
            launcher, [.. sample["orders"].Words("entryPoint")[1..], .. command], container);
        var health = await ChildProcess.RunAsync(launcher, sample.Sidecar["healthCheck"]!.Words("command")[2..], container);

        Assert.True(caller.Code == 0, caller.ToString());
        var arn = JsonNode.Parse(caller.Output)!.Text("Arn");
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", arn, StringComparison.Ordinal);
        Assert.True(health.Code == 0, health.ToString());
    }

    [Theory, MemberData(nameof(Sample.WithLauncher), MemberType = typeof(Sample))]
    public async Task The_launcher_takes_its_words(string name)
    {
        var (sample, launcher) = (Sample.Of(name), await InstallLauncherAsync());

        var printed = await ChildProcess.RunAsync(
            launcher,
            ["--print", .. sample["orders"].Words("entryPoint")[1..], "/bin/true"],
            CleanEnvironment.With(
                [.. Sample.Variables(sample["orders"]), ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/none")]));
        var probed = await ChildProcess.RunAsync(
            launcher,
            sample.Sidecar["healthCheck"]!.Words("command")[2..],
            CleanEnvironment.With(("SIDECAR_HEALTH_PORT", $"{FreePort.Find()}")));

        Assert.True(printed.Code == 0, printed.ToString());
        Assert.Contains(
            $"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:{sample.Port}/v1/credentials/reports",
            printed.Output,
            StringComparison.Ordinal);

        // Exit code 64 would mean a wrong command line. Here the port merely has no listener.
        Assert.Equal(1, probed.Code);
    }

    [Theory]
    [InlineData("ec2-awsvpc/task-definition.interception", "intercept")]
    [InlineData("ec2-awsvpc/task-definition", "guard")]
    public async Task The_init_container_puts_up_what_the_sidecars_configuration_asks_for(string name, string container)
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        var sample = Sample.Of(name);
        await using var network = await NetworkNamespace.CreateAsync("sample");

        var up = await network.RunAsync([Programs.Sidecar, .. sample[container].Words("command")], Sample.Variables(sample[container]));
        var status = await network.RunAsync([Programs.Sidecar, "intercept", "status"], Sample.Variables(sample.Sidecar));

        Assert.True(up.Code == 0, up.ToString());
        Assert.Contains("guard: only uid 9170 answers on ports 9170, 9171", up.Output, StringComparison.Ordinal);
        Assert.Contains("block-imds: only root and uid 9170", up.Output, StringComparison.Ordinal);
        Assert.True(status.Code == 0, status.ToString());
        const string Redirect = "uid 1000: 169.254.170.2:80 -> 127.0.0.1:9172 -> reports";
        Assert.Equal(container == "intercept", status.Output.Contains(Redirect, StringComparison.Ordinal));
    }

    /// <summary>Where the sidecar would put it, which has none beside it here.</summary>
    private async Task<string> InstallLauncherAsync()
    {
        var launcher = Path.Combine(_shared, "credential-launch");
        File.Copy(await LauncherProgram.PathAsync(), launcher);
        return launcher;
    }
}
