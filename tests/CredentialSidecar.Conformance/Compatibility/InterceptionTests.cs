using System.Net;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Emulator.Worlds;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>A client that has nothing but what ECS sets, in the network of a sidecar that answers in the agent's place.</summary>
public sealed class InterceptedTests(TaskFixture task, InterceptedNetwork network) : RingTests(task), IClassFixture<TaskFixture>,
    IClassFixture<InterceptedNetwork>
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task RELATIVE_URI_alone_leads_to_the_assumed_role(string id)
    {
        var client = Catalogue.Find(id);
        var run = await RunAsync(client, InterceptedNetwork.Application);

        // Without an STS a client knows no more than an access key id, and so only that it is not the task role's.
        Assert.True(run.Error is null && run.Callers is [var caller] && caller != await network.TaskRoleAsync()
            && (client.ProviderOnly || caller == "arn:aws:sts::555566667777:assumed-role/reports/orders-1"), Describe(run));
        await Results.SawAsync(client, Column.Interception, Works);
    }

    /// <summary>The uid alone decides: another one of the rules, one that is in none, and root, as whom ECS Exec asks.</summary>
    [Theory, MemberData(nameof(FiveClientsUnderOtherUids))]
    public async Task Another_uid_gets_its_own_destination_and_a_stranger_and_root_the_task_role(string id, int uid, string role)
    {
        var client = Catalogue.Find(id);
        var run = await RunAsync(client, uid);

        Assert.True(run.Error is null && run.Callers is [_], Describe(run));
        Assert.True(client.ProviderOnly
            ? (run.Callers[0] == await network.TaskRoleAsync()) == (role == "orders-task")
            : run.Callers[0].Contains($":assumed-role/{role}/", StringComparison.Ordinal), Describe(run));
    }

    public static TheoryData<string, int, string> FiveClientsUnderOtherUids()
    {
        var data = new TheoryData<string, int, string>();

        foreach (var id in new[] { "boto3", "net4", "js3", "gov2", "java2" })
        {
            data.Add(id, InterceptedNetwork.Auditor, "reader");
            data.Add(id, 2000, "orders-task");
            data.Add(id, 0, "orders-task");
        }

        return data;
    }

    private async Task<ClientRun> RunAsync(Client client, int uid)
    {
        string[] words = [.. InterceptedNetwork.As(uid), .. await client.WordsAsync(1)];
        await network.SkipUnlessUpAsync();
        var environment = EnvironmentOf(client, Task.Sibling("reports", null,
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", null),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null),
            ("AWS_ENDPOINT_URL_STS", network.Sts.GetLeftPart(UriPartial.Authority)),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", network.RelativeUri)), network.Sts);

        return ClientRun.Of(await network.Inside.RunAsync(words[0], words[1..], environment));
    }
}

/// <summary>An agent at 169.254.170.2, the sidecar as uid 9170, and the rules of <c>credential-sidecar intercept up</c>.</summary>
public sealed class InterceptedNetwork : IAsyncLifetime
{
    public const int Application = 1000;
    public const int Auditor = 1001;

    private const string Configuration = $$"""
        {
          "Destinations": {
            "reports": { "Hops": [
              { "RoleArn": "{{DefaultWorld.Reports}}", "ExternalId": "{{DefaultWorld.ExternalId}}", "SessionName": "orders-1" }] },
            "audit": { "Hops": [
              { "RoleArn": "{{DefaultWorld.Reports}}", "ExternalId": "{{DefaultWorld.ExternalId}}", "SessionName": "orders-1" },
              { "RoleArn": "{{DefaultWorld.Reader}}" }] }
          },
          "Interception": { "Uids": { "1000": "reports", "1001": "audit" } }
        }
        """;

    private EmulatorProcess? _emulator;
    private TaskNetwork? _network;
    private ChildProcess? _sidecar;
    private string? _missing;

    public string RelativeUri => _emulator!.RelativeUri;

    public Uri Sts => _emulator!.Sts;

    internal TaskNetwork Inside => _network!;

    /// <summary>The words that run what follows them as that uid, which may read programs wherever root installed them.</summary>
    /// <remarks>Without the last bit access(2) would deny what open(2) grants, and node asks the former.</remarks>
    public static string[] As(int uid) =>
        ["setpriv", $"--reuid={uid}", $"--regid={uid}", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
            "--securebits=+no_setuid_fixup"];

    public async Task SkipUnlessUpAsync()
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        await Eventually.HoldsAsync(
            async () => (await Inside.RunAsync(Programs.Sidecar, ["healthcheck", "--ready"], CleanEnvironment.With())).Code == 0,
            () => string.Join('\n', [.. _sidecar!.Output, .. _sidecar.Errors]));
    }

    /// <summary>The task role's access key id.</summary>
    public async Task<string> TaskRoleAsync()
    {
        using var http = new HttpClient();
        var answer = await http.GetStringAsync(new Uri(_emulator!.Agent, RelativeUri));
        return (string)System.Text.Json.Nodes.JsonNode.Parse(answer)!["AccessKeyId"]!;
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/sbin/nft") || await TaskNetwork.TryMakeAsync() is not { } network)
        {
            _missing = "There can be no network namespace with rules here: run as root, with apt-get install -y iproute2 nftables";
            return;
        }

        (_network, _emulator) = (network, await EmulatorProcess.StartAsync());
        await network.OpenAsync(new IPEndPoint(IPAddress.Parse("169.254.170.2"), 80), _emulator.Agent);
        await network.OpenAsync(new IPEndPoint(IPAddress.Loopback, Sts.Port), Sts);

        var up = await network.RunAsync(Programs.Sidecar, ["intercept", "up"], CleanEnvironment.With(("SIDECAR_CONFIG", Configuration)));

        if (up.Code == 64)
        {
            _missing = "credential-sidecar has no command intercept yet";
            return;
        }

        Assert.True(up.Code == 0, up.ToString());
        string[] words = [.. As(9170), Programs.Sidecar];
        _sidecar = await network.StartAsync(words[0], words[1..], CleanEnvironment.With(
            ("SIDECAR_CONFIG", Configuration),
            ("SIDECAR_TOKEN", "3f0e6a7c1b8d49e2a5c4f7089d1e2b36"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", RelativeUri),
            ("AWS_ENDPOINT_URL_STS", Sts.GetLeftPart(UriPartial.Authority)),
            ("AWS_REGION", "eu-central-1")));
    }

    public async ValueTask DisposeAsync()
    {
        await (_sidecar?.DisposeAsync() ?? default);
        await (_network?.DisposeAsync() ?? default);
        await (_emulator?.DisposeAsync() ?? default);
    }
}
