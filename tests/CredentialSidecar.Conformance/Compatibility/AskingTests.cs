using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>The sidecar's answers with another Expiration: on a real clock its sessions are far too long to wait for.</summary>
public sealed class TwelveMinutesTests(TaskFixture task) : RingTests(task), IClassFixture<TaskFixture>
{
    [Theory, MemberData(nameof(ClientsOfFullUri))]
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
public sealed class RenewalTests(TaskFixture task, SideBySide clients) : RingTests(task), IClassFixture<TaskFixture>,
    IClassFixture<SideBySide>
{
    /// <summary>Between the third call and the fourth. Within 10 seconds of the end the CRT of Debian 12 would not see it.</summary>
    private static readonly TimeSpan FirstEnds = TimeSpan.FromSeconds(15);

    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public async Task A_client_that_goes_on_calling_takes_the_next_session_before_the_first_ends(string id)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();

        var run = await clients.OfAsync(client, AcrossAnExpiryAsync);
        var who = await WhoAsync(run);

        var isRenewed = run.Error is null && who.Count == CallsOf(client) && who[^1] == "reader";
        await Results.SawAsync(client, Column.Renewal, isRenewed ? Works : Fails);
    }

    /// <summary>Two commands show all that a CLI can do: none remembers what the one before it was given.</summary>
    private static int CallsOf(Client client) => Math.Min(client.Calls, 4);

    private async Task<ClientRun> AcrossAnExpiryAsync(Client client)
    {
        await using var front = Task.Front(
            (request, answer) => request == 1 ? answer.Ending(DateTime.UtcNow + FirstEnds) : answer,
            request => request == 1 ? "reports" : "reader");

        return await AskAsync(client, CallsOf(client), front.Uri, ("CLIENT_PAUSE", "6"));
    }
}

/// <summary>A 503 of the sidecar's, for a moment.</summary>
public sealed class Once503Tests(TaskFixture task) : RingTests(task), IClassFixture<TaskFixture>
{
    private static readonly FrontAnswer NotYet = new(503, new JsonObject
    {
        ["code"] = "CredentialsUninitialized",
        ["message"] = "The first session is being fetched.",
        ["Code"] = "CredentialsUninitialized",
        ["Message"] = "The first session is being fetched.",
    });

    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public async Task R15_A_503_is_got_over_or_it_is_not(string id)
    {
        var client = Catalogue.Find(id);
        await using var front = Task.Front((request, answer) => request == 1 ? NotYet : answer);

        var run = await AskAsync(client, 1, front.Uri);

        await Results.SawAsync(client, Column.Once503, await AllAreAsync("reports", run, 1) ? Works : Fails);
    }
}
