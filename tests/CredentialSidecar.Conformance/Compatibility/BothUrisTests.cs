using System.Net;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>FULL_URI where ECS has set RELATIVE_URI too, in a network with the agent at 169.254.170.2.</summary>
public sealed class BothUrisTests(TaskFixture task) : RingTests(task), IAsyncLifetime
{
    private TaskNetwork? _network;

    [Theory, MemberData(nameof(EveryClient))]
    public async Task The_client_stays_with_the_task_role_or_becomes_the_other(string id)
    {
        Assert.SkipWhen(_network is null, "A network namespace cannot be made here: run as root, with apt-get install -y iproute2");
        var client = Catalogue.Find(id);
        var words = await client.WordsAsync(1);
        var environment = EnvironmentOf(
            client,
            Task.Sibling("reports", null, ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", Task.Emulator.RelativeUri)),
            Task.Emulator.Sts);

        var run = ClientRun.Of(await _network.RunAsync(words[0], words[1..], environment));

        Assert.True(run.Error is null, Describe(run));
        var role = (await WhoAsync(run)).Single() is "reports" ? "the assumed role" : "the task role";
        await Results.SawAsync(client, Column.RelativeToo, role);
    }

    public async ValueTask InitializeAsync()
    {
        _network = await TaskNetwork.TryMakeAsync();

        if (_network is not null)
        {
            await _network.OpenAsync(new IPEndPoint(IPAddress.Parse("169.254.170.2"), 80), Task.Emulator.Agent);
            await _network.OpenAsync(new IPEndPoint(IPAddress.Loopback, Task.Sidecar.Endpoint.Port), Task.Sidecar.Endpoint);
            await _network.OpenAsync(new IPEndPoint(IPAddress.Loopback, Task.Emulator.Sts.Port), Task.Emulator.Sts);
        }
    }

    public ValueTask DisposeAsync() => _network?.DisposeAsync() ?? default;
}
