using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>The sidecar's answers with another Expiration: on a real clock its sessions are far too long to wait for.</summary>
public sealed class TwelveMinutesTests(TaskFixture task) : RingTests(task)
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task R3_A_session_with_12_minutes_left_is_used_however_often_it_is_asked_for(string id)
    {
        var client = Catalogue.Find(id);
        await using var front = Task.Front((_, answer) => answer.Ending(DateTime.UtcNow.AddMinutes(12)));

        var run = await AskAsync(client, client.Calls, front.Uri);

        Assert.True(await AllAreAsync("reports", run, client.Calls), Describe(run));

        // How often exactly is chance where an SDK renews in the background. A CLI is a new process for each call.
        await Results.SawAsync(client, Column.TwelveMinutes, client.AsksByChance
            ? "works, more GETs by chance"
            : front.Requests <= (client.Calls == 20 ? 1 : client.Calls)
            ? "works, no more GETs"
            : "works, asks again");
    }
}

/// <summary>A first session that ends after seconds, and another one from then on.</summary>
public sealed class RenewalTests(TaskFixture task, Renewals renewals) : RingTests(task), IClassFixture<Renewals>
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task A_client_that_goes_on_calling_takes_the_next_session_before_the_first_ends(string id)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();

        var run = await renewals.OfAsync(client, AcrossAnExpiryAsync);
        var who = await WhoAsync(run);

        var isRenewed = run.Error is null && who.Count == Renewals.CallsOf(client) && who[^1] == "reader";
        await Results.SawAsync(client, Column.Renewal, isRenewed ? Works : Fails);
    }

    private async Task<ClientRun> AcrossAnExpiryAsync(Client client)
    {
        await using var front = Task.Front(
            (request, answer) => request == 1 ? answer.Ending(DateTime.UtcNow + Renewals.FirstEnds) : answer,
            request => request == 1 ? "reports" : "reader");

        return await AskAsync(client, Renewals.CallsOf(client), front.Uri, ("CLIENT_PAUSE", "6"));
    }
}

/// <summary>Runs the clients side by side, as they mostly sleep.</summary>
public sealed class Renewals : IDisposable
{
    /// <summary>Between the third call and the fourth. Within 10 seconds of the end the CRT of Debian 12 would not see it.</summary>
    public static readonly TimeSpan FirstEnds = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _together = new(5);
    private readonly Lock _gate = new();
    private Dictionary<string, Task<ClientRun?>>? _runs;

    public void Dispose() => _together.Dispose();

    /// <summary>Two commands show all that a CLI can do: none remembers what the one before it was given.</summary>
    internal static int CallsOf(Client client) => Math.Min(client.Calls, 4);

    internal async Task<ClientRun> OfAsync(Client wanted, Func<Client, Task<ClientRun>> run)
    {
        lock (_gate)
        {
            _runs ??= Catalogue.All.ToDictionary(client => client.Id, client => Task.Run(() => RunAsync(client, run)));
        }

        return (await _runs[wanted.Id])!;
    }

    private async Task<ClientRun?> RunAsync(Client client, Func<Client, Task<ClientRun>> run)
    {
        if (!await client.IsThereAsync())
        {
            return null;
        }

        await _together.WaitAsync();

        try
        {
            return await run(client);
        }
        finally
        {
            _together.Release();
        }
    }
}

/// <summary>A 503 of the sidecar's, for a moment.</summary>
public sealed class Once503Tests(TaskFixture task) : RingTests(task)
{
    private static readonly FrontAnswer NotYet = new(503, new JsonObject
    {
        ["code"] = "CredentialsUninitialized",
        ["message"] = "The first session is being fetched.",
        ["Code"] = "CredentialsUninitialized",
        ["Message"] = "The first session is being fetched.",
    });

    [Theory, MemberData(nameof(EveryClient))]
    public async Task R15_A_503_is_got_over_or_it_is_not(string id)
    {
        var client = Catalogue.Find(id);
        await using var front = Task.Front((request, answer) => request == 1 ? NotYet : answer);

        var run = await AskAsync(client, 1, front.Uri);

        await Results.SawAsync(client, Column.Once503, await AllAreAsync("reports", run, 1) ? Works : Fails);
    }
}
