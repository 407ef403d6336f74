using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>Each way to the sidecar, and each client on it.</summary>
/// <remarks>An ordinary run has the usual SDKs only. make compatibility runs all clients.</remarks>
public sealed class WaysTests(WaysTask ways) : RingTests(ways.Task), IClassFixture<WaysTask>
{
    private static readonly string[] Usual = ["boto3", "awscli2", "js3", "net4", "gov2", "java2"];

    public static TheoryData<string> Clients =>
        [.. ClientsOfFullUri.Select(row => row.Data).Where(id => Results.IsWritten || Usual.Contains(id))];

    /// <summary>The variable that names the sidecar is all that such a client has.</summary>
    [Theory, MemberData(nameof(Clients))]
    public async Task A_uid_alone_is_enough_for_a_client_that_sends_no_token(string id) => await SawAsync(id, Column.UidAlone,
        Run(id, Sibling(Task.Sidecar.Endpoint,
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", null))));

    [Theory, MemberData(nameof(Clients))]
    public async Task The_client_connects_to_the_loopback_address_of_IPv6_or_does_not(string id) => await SawAsync(id, Column.Six,
        Run(id, Sibling(new UriBuilder(Task.Sidecar.Endpoint) { Host = "[::1]" }.Uri)));

    [Theory, MemberData(nameof(Clients))]
    public async Task The_client_works_unchanged_in_another_network_through_the_forwarder(string id)
    {
        var client = Catalogue.Find(id);
        var words = await client.WordsAsync(1);
        var sibling = Sibling(Task.Sidecar.Endpoint, ("AWS_CONTAINER_CREDENTIALS_FULL_URI", null), ("CREDENTIAL_LAUNCH_ALLOW_IMDS", "true"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", null),

            // The launcher refuses them, and they only keep the settings of this machine out.
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"));
        var seen = ways.ForwardAsync(words, EnvironmentOf(client, sibling, Task.Emulator.Sts));
        await SawAsync(id, Column.Forwarded, Of(seen));

        static async Task<ClientRun> Of(Task<ChildProcess.Ended> run) => ClientRun.Of(await run);
    }

    private Dictionary<string, string?> Sibling(Uri endpoint, params IEnumerable<(string Name, string? Value)> changes) =>
        Task.Sibling("reports", endpoint, [("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Task.TokenFile), .. changes]);

    private Task<ClientRun> Run(string id, Dictionary<string, string?> sibling) =>
        RunAsync(Catalogue.Find(id), 1, sibling, Task.Emulator.Sts);

    private async Task SawAsync(string id, Column column, Task<ClientRun> running)
    {
        var run = await running;
        await Results.SawAsync(Catalogue.Find(id), column, await AllAreAsync("reports", run, 1) ? Works : Fails, Describe(run));
    }
}
