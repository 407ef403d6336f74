using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>FULL_URI with the token in the variable: what every client must do, and how often it asks.</summary>
public sealed class TokenVariableTests(TaskFixture task) : RingTests(task)
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task R1_All_calls_of_one_process_cause_one_GET(string id)
    {
        var client = Catalogue.Find(id);
        await using var siblings = Forwarder.To(Task.Sidecar.Endpoint);

        var run = await AskAsync(client, client.Calls, siblings.Address);
        var works = await AllAreAsync("reports", run, client.Calls);

        Assert.True(works, Describe(run));
        await Results.SawAsync(client, Column.TokenVariable, Works);
        await Results.SawAsync(client, Column.TwentyCalls, $"{siblings.Requests} for {client.Calls}");
    }
}

/// <summary>FULL_URI with the token in a file and not in the variable.</summary>
public sealed class TokenFileTests(TaskFixture task) : RingTests(task)
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task R12_The_token_is_taken_from_a_file_or_it_is_not(string id)
    {
        var client = Catalogue.Find(id);

        var run = await AskAsync(client, 1, null,
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Task.TokenFile));

        await Results.SawAsync(client, Column.TokenFile, await AllAreAsync("reports", run, 1) ? Works : Fails);
    }
}

/// <summary>Proxy variables that name a port without a listener, and no NO_PROXY.</summary>
public sealed class ProxyTests(TaskFixture task) : RingTests(task)
{
    [Theory, MemberData(nameof(EveryClient))]
    public async Task R16_The_endpoint_is_asked_directly_or_through_the_proxy(string id)
    {
        var client = Catalogue.Find(id);
        var dead = $"http://127.0.0.1:{FreePort.Find()}";
        await using var siblings = Forwarder.To(Task.Sidecar.Endpoint);

        await AskAsync(
            client, 1, siblings.Address,
            ("HTTP_PROXY", dead), ("http_proxy", dead), ("HTTPS_PROXY", dead), ("https_proxy", dead));

        await Results.SawAsync(client, Column.Proxy, siblings.Requests > 0 ? "not used" : "needs `NO_PROXY`");
    }
}
