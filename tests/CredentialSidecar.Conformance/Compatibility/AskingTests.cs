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
        await Results.SawAsync(client, Column.TwelveMinutes, front.Requests <= Math.Max(1, client.Calls == 20 ? 1 : client.Calls)
            ? "works"
            : "works, asks again and again");
    }
}

/// <summary>A first session that ends after seconds, and another one from then on.</summary>
public sealed class RenewalTests(TaskFixture task) : RingTests(task)
{
    private const int Calls = 4;

    [Theory, MemberData(nameof(EveryClient))]
    public async Task A_client_that_goes_on_calling_takes_the_next_session_before_the_first_ends(string id)
    {
        var client = Catalogue.Find(id);
        await client.VersionAsync();
        var end = DateTime.MaxValue;

        await using var front = Task.Front((request, answer) =>
        {
            if (request == 1)
            {
                end = DateTime.UtcNow.AddSeconds(8);
                return answer.Ending(end);
            }

            return answer;
        }, request => request == 1 ? "reports" : "reader");

        var run = await AskAsync(client, Calls, front.Uri, ("CLIENT_PAUSE", "3.5"));
        var who = await WhoAsync(run);

        await Results.SawAsync(client, Column.Renewal,
            run.Error is null && who.Count == Calls && who[^1] == "reader" ? Works : Fails);
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
