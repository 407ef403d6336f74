using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>What somebody sees who runs a client that the sidecar refuses, and how often it asked before it gave up.</summary>
public abstract class RefusalTests(TaskFixture task, SideBySide clients) : RingTests(task), IClassFixture<TaskFixture>,
    IClassFixture<SideBySide>
{
    /// <summary>Counts what passes on the way to a sidecar.</summary>
    internal Task SeeAsync(string id, Column column, SidecarProcess sidecar, string destination, string token) =>
        SeeAsync(id, column, sidecar, destination, token, () =>
        {
            var siblings = Forwarder.To(sidecar.Endpoint);
            return (siblings, siblings.Address, () => siblings.Requests);
        });

    /// <param name="front">What stands between, its address, and the number of requests.</param>
    internal async Task SeeAsync(
        string id, Column column, SidecarProcess sidecar, string destination, string token,
        Func<(IAsyncDisposable Server, Uri Address, Func<int> Requests)> front)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();
        var (status, message) = await RefusedAsync(sidecar, destination, token, column.Heading);

        var (run, gets) = await clients.OfAsync(client, async client =>
        {
            var (server, address, requests) = front();
            await using var closing = server;
            using var file = new TokenFile(token);
            var sibling = TaskFixture.SiblingOf(sidecar, destination, Task.Emulator.Sts,
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{address}v1/credentials/{destination}"),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", token), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.Path));
            return (await RunAsync(client, 1, sibling, Task.Emulator.Sts), requests());
        });

        Assert.True(run.Error is not null, Describe(run));
        var seen = run.Error.Contains(message[..30], StringComparison.Ordinal) ? "message"
            : Regex.IsMatch(run.Error, $@"(?<!line ){status}\b") ? "status" : "nothing";
        await Results.SawAsync(client, column, $"{seen}, {gets} {(gets == 1 ? "GET" : "GETs")}", Describe(run));
    }

    // Until the first attempt of a destination has ended, the sidecar answers CredentialsUninitialized.
    private static async Task<(string Status, string Message)> RefusedAsync(
        SidecarProcess sidecar, string destination, string token, string status)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", token);
        JsonNode? body = null;

        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await http.GetAsync(new Uri(sidecar.Endpoint, $"v1/credentials/{destination}"));
            body = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
            return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) == status
                && (string?)body!["code"] != "CredentialsUninitialized";
        }, () => $"{body}");

        return (status, (string)body!["message"]!);
    }
}

public sealed class Refusal401Tests(TaskFixture task, SideBySide clients) : RefusalTests(task, clients)
{
    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public Task R9_401_A_wrong_token(string id) => SeeAsync(id, Column.Says401, Task.Sidecar, "reports", "wrong");
}

public sealed class Refusal403Tests(TaskFixture task, SideBySide clients) : RefusalTests(task, clients)
{
    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public Task R9_403_A_role_that_STS_denies(string id) => SeeAsync(id, Column.Says403, Task.Sidecar, "denied", Task.Sidecar.Token);
}

public sealed class Refusal503Tests(TaskFixture task, SideBySide clients, CutOffSidecar cutOff)
    : RefusalTests(task, clients), IClassFixture<CutOffSidecar>
{
    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public Task R9_503_An_STS_that_is_down(string id) =>
        SeeAsync(id, Column.Says503, cutOff.Sidecar, "reports", cutOff.Sidecar.Token, () =>
        {
            // Go v1 and JavaScript v2 sleep for as long as Retry-After says before each of three more tries: a front shortens it.
            var front = Fronts.Of(async _ => FrontAnswer.Of(await cutOff.Sidecar.GetAsync("reports")), "Retry-After: 1");
            return (front, front.Uri, () => front.Requests);
        });
}

/// <summary>A sidecar whose STS endpoint has no listener.</summary>
public sealed class CutOffSidecar : IAsyncLifetime
{
    private EmulatorProcess? _emulator;
    private SidecarProcess? _sidecar;

    internal SidecarProcess Sidecar => _sidecar!;

    public async ValueTask InitializeAsync()
    {
        _emulator = await EmulatorProcess.StartAsync();
        _sidecar = await SidecarProcess.StartAsync(_emulator,
            ("SIDECAR_CONFIG", TaskFixture.Destinations),
            ("AWS_ENDPOINT_URL_STS", $"http://127.0.0.1:{FreePort.Find()}"));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (_sidecar?.DisposeAsync() ?? default);
        }
        finally
        {
            await (_emulator?.DisposeAsync() ?? default);
        }
    }
}
