using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Interception;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>The containers of a pod as processes that share a network, as far as one can go without a cluster.</summary>
public sealed class RunningTests : IAsyncLifetime
{
    // Loopback of the pod's network has this address, so it does for the pod's own.
    private const string PodAddress = "169.254.170.2";

    private static readonly IPEndPoint Agent = new(IPAddress.Loopback, 8001), Sts = new(IPAddress.Loopback, 8002);

    private readonly string _volumes = Directory.CreateTempSubdirectory("pod-").FullName;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_volumes, recursive: true);
        return default;
    }

    [Theory]
    [InlineData("pod-identity", "orders")]
    [InlineData("address", "orders")]
    [InlineData("clients", "web")]
    public async Task The_application_acts_in_the_other_account(string name, string container)
    {
        await AwsCli.SkipUnlessTokenFilesAreReadAsync();
        var pod = Manifests.Pod(name);
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var network = await MakeAsync(emulator);
        await using var sidecar = await StartAsync(pod, network, emulator);

        foreach (var probe in (string[])["startupProbe", "livenessProbe"])
        {
            var path = pod.Container("credential-sidecar")[probe]!["httpGet"]!["path"]!.GetValue<string>();
            Assert.EndsWith("200", await GetAsync(network, $"http://{PodAddress}:{HealthPort(pod)}{path}"), StringComparison.Ordinal);
        }

        // In a pod there would be nothing else of this machine either.
        var caller = await network.RunAsync("aws", ["--endpoint-url", $"http://{Sts}", "sts", "get-caller-identity"], CleanEnvironment.With(
            [
                .. Variables(pod, container),
                ("AWS_DEFAULT_REGION", "eu-central-1"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                ("AWS_CONFIG_FILE", "/nonexistent/config"),
                ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
            ]));

        Assert.True(caller.Code == 0, $"{caller}\n{string.Join('\n', sidecar.Output)}");
        var arn = JsonNode.Parse(caller.Output)!["Arn"]!.GetValue<string>();
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", arn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_guards_init_container_puts_up_what_the_sidecars_configuration_asks_for()
    {
        await NetworkNamespace.SkipUnlessPossibleAsync();
        var pod = Manifests.Pod("guard");
        var (guard, sidecar) = (pod.Container("credential-sidecar-guard"), pod.Container("credential-sidecar"));
        await using var network = await NetworkNamespace.CreateAsync("pod");

        var words = guard["args"]!.AsArray().Select(word => word!.GetValue<string>());
        var up = await network.RunAsync([Programs.Sidecar, .. words], guard.Variables(_ => null));
        var status = await network.RunAsync([Programs.Sidecar, "intercept", "status"], sidecar.Variables(_ => PodAddress));

        Assert.True(up.Code == 0, up.ToString());
        Assert.True(status.Code == 0, status.ToString());
        Assert.Contains("guard: only uid 9170 answers on ports 9170, 9171", status.Output, StringComparison.Ordinal);
        Assert.Contains("block-imds: only root and uid 9170", status.Output, StringComparison.Ordinal);
        Assert.EndsWith("-init", guard["image"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_refused_what_is_not_its_own()
    {
        var pod = Manifests.Pod("clients");
        await using var emulator = await EmulatorProcess.StartAsync();
        await using var network = await MakeAsync(emulator);
        await using var sidecar = await StartAsync(pod, network, emulator);

        Assert.EndsWith("200", await AskAsync("web", "reports"), StringComparison.Ordinal);
        Assert.EndsWith("200", await AskAsync("batch", "reports"), StringComparison.Ordinal);

        // The trust policy of archive's role admits no principal here, which gives another 403.
        Assert.Contains("DestinationNotAllowed", await AskAsync("web", "archive"), StringComparison.Ordinal);
        Assert.DoesNotContain("DestinationNotAllowed", await AskAsync("batch", "archive"), StringComparison.Ordinal);

        async Task<string> AskAsync(string container, string destination)
        {
            var variables = Variables(pod, container).ToDictionary();
            var tokenFile = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]!;
            var token = await File.ReadAllTextAsync(tokenFile, TestContext.Current.CancellationToken);
            var uri = new Uri(new Uri(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]!), destination);
            return await GetAsync(network, uri.ToString(), "-H", $"Authorization: {token}");
        }
    }

    private static async Task<TaskNetwork> MakeAsync(EmulatorProcess emulator)
    {
        Assert.SkipUnless(Tools.Has("curl"), "curl is not installed: apt-get install -y --no-install-recommends curl");
        var network = await TaskNetwork.TryMakeAsync();
        Assert.SkipUnless(network is not null, "network namespaces take root and ip: apt-get install -y --no-install-recommends iproute2");
        await network!.OpenAsync(Agent, emulator.Agent);
        await network.OpenAsync(Sts, emulator.Sts);
        return network;
    }

    // With what EKS Pod Identity adds, and the emulator in the place of its agent.
    private async Task<ChildProcess> StartAsync(JsonNode pod, TaskNetwork network, EmulatorProcess emulator)
    {
        foreach (var mount in Mounts(pod.Container("credential-sidecar")))
        {
            Directory.CreateDirectory(_volumes + mount.Path);
        }

        var sidecar = await network.StartAsync(Programs.Sidecar, [], CleanEnvironment.With(
            [
                .. Variables(pod, "credential-sidecar"),
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://{Agent}{emulator.RelativeUri}"),
                ("AWS_ENDPOINT_URL_STS", $"http://{Sts}"),
            ]));
        await sidecar.LineAsync(line => line.Contains("\"EventId\":303,", StringComparison.Ordinal));
        return sidecar;
    }

    /// <summary>The body, and the status behind it.</summary>
    private static async Task<string> GetAsync(TaskNetwork network, string uri, params string[] options) => (await network.RunAsync(
        "curl", ["-s", "-m", "10", "-w", "%{http_code}", .. options, uri], CleanEnvironment.With())).Output;

    private static int HealthPort(JsonNode pod) => pod.Container("credential-sidecar")["ports"]!.AsArray()
        .Single(port => port!["name"]!.GetValue<string>() == "sidecar-health")!["containerPort"]!.GetValue<int>();

    private static IEnumerable<(string Volume, string Path)> Mounts(JsonNode container) =>
        container["volumeMounts"]!.AsArray().Select(mount => (mount!["name"]!.GetValue<string>(), mount["mountPath"]!.GetValue<string>()));

    // Processes have no mounts of their own here: a path below one is put where the sidecar has that volume.
    private IEnumerable<(string Name, string? Value)> Variables(JsonNode pod, string container)
    {
        var where = Mounts(pod.Container("credential-sidecar")).ToDictionary();
        var mounts = Mounts(pod.Container(container)).ToArray();
        return pod.Container(container).Variables(_ => PodAddress).Select(variable => (variable.Name, mounts.Aggregate(
            variable.Value, (value, mount) => value?.Replace(mount.Path, _volumes + where[mount.Volume], StringComparison.Ordinal))));
    }
}
