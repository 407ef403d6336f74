using System.Net;
using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Clients;
using CredentialSidecar.Conformance.Launcher;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Charts;

/// <summary>The containers of a pod as processes that share a network, as far as one can go without a cluster.</summary>
public sealed class RunningTests : IAsyncLifetime
{
    // Loopback of the pod's network has this address, so it does for the pod's own.
    private const string PodAddress = "169.254.170.2";

    private readonly string _volume = Directory.CreateTempSubdirectory("pod-").FullName;

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_volume, recursive: true);
        return default;
    }

    [Theory]
    [InlineData("pod-identity")]
    [InlineData("address")]
    public async Task The_application_acts_in_the_other_account(string name)
    {
        await AwsCli.SkipUnlessTokenFilesAreReadAsync();
        Assert.SkipUnless(Tools.Has("curl"), "curl is not installed: apt-get install -y --no-install-recommends curl");
        await using var network = await TaskNetwork.TryMakeAsync();
        Assert.SkipUnless(network is not null, "network namespaces take root and ip: apt-get install -y --no-install-recommends iproute2");
        await using var emulator = await EmulatorProcess.StartAsync();
        var (agent, sts) = (new IPEndPoint(IPAddress.Loopback, 8001), new IPEndPoint(IPAddress.Loopback, 8002));
        await network!.OpenAsync(agent, emulator.Agent);
        await network.OpenAsync(sts, emulator.Sts);

        // As EKS Pod Identity adds them, with the emulator in the place of its agent.
        var pod = Manifests.Pod(name);
        await using var sidecar = await network.StartAsync(Programs.Sidecar, [], CleanEnvironment.With(
            [.. Variables(pod.Container("credential-sidecar")), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"http://{agent}{emulator.RelativeUri}"), ("AWS_ENDPOINT_URL_STS", $"http://{sts}")]));
        await sidecar.LineAsync(line => line.Contains("\"EventId\":303,", StringComparison.Ordinal));

        foreach (var probe in (string[])["startupProbe", "livenessProbe"])
        {
            var path = pod.Container("credential-sidecar")[probe]!["httpGet"]!["path"]!.GetValue<string>();
            var answer = await network.RunAsync("curl", ["-sf", "-m", "10", $"http://{PodAddress}:{HealthPort(pod)}{path}"], CleanEnvironment.With());
            Assert.True(answer.Code == 0, $"{probe}: {answer}");
        }

        // In a pod there would be nothing else of this machine either.
        var caller = await network.RunAsync("aws", ["--endpoint-url", $"http://{sts}", "sts", "get-caller-identity"], CleanEnvironment.With(
            [.. Variables(pod.Container("orders")), ("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/nonexistent/config"), ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")]));

        Assert.True(caller.Code == 0, $"{caller}\n{string.Join('\n', sidecar.Output)}");
        Assert.StartsWith("arn:aws:sts::555566667777:assumed-role/reports/", JsonNode.Parse(caller.Output)!["Arn"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static int HealthPort(JsonNode pod) => pod.Container("credential-sidecar")["ports"]!.AsArray()
        .Single(port => port!["name"]!.GetValue<string>() == "sidecar-health")!["containerPort"]!.GetValue<int>();

    // The volume is mounted at the same path everywhere, and here it is elsewhere.
    private IEnumerable<(string Name, string? Value)> Variables(JsonNode container) => container.Variables(_ => PodAddress)
        .Select(variable => (variable.Name, variable.Value?.StartsWith("/credential-sidecar", StringComparison.Ordinal) == true ? _volume + variable.Value["/credential-sidecar".Length..] : variable.Value));
}
