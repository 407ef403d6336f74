using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>One arrangement, and each client in it.</summary>
public abstract class ArrangementTests(TaskFixture task) : RingTests(task)
{
    internal abstract Arrangement Row { get; }

    /// <summary>Runs it, and compares what it became with the document.</summary>
    internal async Task<(ClientRun Run, int Requests)> SeeAsync(string id, int calls = 1)
    {
        var client = Catalogue.Find(id);
        await using var siblings = Forwarder.To(Task.Sidecar.Endpoint);
        await OpenAsync(siblings.Address);
        var words = await client.WordsAsync(calls);
        var sibling = TaskFixture.SiblingOf(Task.Sidecar, "reports", Task.Emulator.Sts,
        [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", null), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null),
            .. Row.Variables(Task, siblings.Address),
        ]);

        var run = ClientRun.Of(await RunAsync(words, EnvironmentOf(client, sibling, Task.Emulator.Sts)));
        var requests = siblings.Requests;

        await Results.SawAsync(client, Row.Column, await CellAsync(client, run, requests), Describe(run));
        return (run, requests);
    }

    internal virtual async Task<string> CellAsync(Client client, ClientRun run, int requests) => Row.Cell(await RoleAsync(run));

    /// <summary>Makes a server reachable from where the clients run; skips the test where there can be no such place.</summary>
    internal virtual Task OpenAsync(Uri server) => System.Threading.Tasks.Task.CompletedTask;

    internal virtual Task<ChildProcess.Ended> RunAsync(string[] words, Dictionary<string, string?> environment) =>
        ChildProcess.RunAsync(words[0], words[1..], environment);
}

/// <summary>In a network with the agent at 169.254.170.2, where nothing leads outside.</summary>
public abstract class ArrangementInTaskTests(AgentNetwork network) : ArrangementTests(network.Task)
{
    internal override Task OpenAsync(Uri server) => network.OpenAsync(server);

    internal override Task<ChildProcess.Ended> RunAsync(string[] words, Dictionary<string, string?> environment) =>
        network.RunAsync(words, environment);
}
