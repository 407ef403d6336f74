using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Compatibility;

/// <summary>FULL_URI with the token in the variable, and how often a client asks.</summary>
public sealed class TokenVariableTests(TaskFixture task) : ArrangementTests(task), IClassFixture<TaskFixture>
{
    internal override Arrangement Row => Arrangement.TokenVariable;

    [Theory, MemberData(nameof(EveryClient))]
    public async Task R1_All_calls_of_one_process_cause_one_GET(string id)
    {
        var client = Catalogue.Find(id);
        var (run, requests) = await SeeAsync(id, client.Calls);

        if (client.RelativeOnly)
        {
            Assert.Equal(0, requests);
        }
        else if (await AllAreAsync("reports", run, client.Calls))
        {
            await Results.SawAsync(client, Column.TwentyCalls, $"{requests} for {client.Calls}");
        }
    }
}

/// <summary>FULL_URI with the token in a file and not in the variable.</summary>
public sealed class TokenFileTests(TaskFixture task) : ArrangementTests(task), IClassFixture<TaskFixture>
{
    internal override Arrangement Row => Arrangement.TokenFile;

    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public async Task R12_The_token_is_taken_from_a_file_or_it_is_not(string id)
    {
        var client = Catalogue.Find(id);
        var (run, requests) = await SeeAsync(id, client.TokenFileOnly ? client.Calls : 1);

        if (client.TokenFileOnly)
        {
            Assert.True(await AllAreAsync("reports", run, client.Calls), Describe(run));
            await Results.SawAsync(client, Column.TwentyCalls, $"{requests} for {client.Calls}");
        }
    }
}

/// <summary>An outdated token in the variable, and the valid one in the file.</summary>
public sealed class StaleVariableTests(TaskFixture task) : ArrangementTests(task), IClassFixture<TaskFixture>
{
    internal override Arrangement Row => Arrangement.StaleVariable;

    [Theory, MemberData(nameof(ClientsOfFullUri))]
    public Task R12_The_client_prefers_the_file_or_the_variable(string id) => SeeAsync(id);
}

/// <summary>FULL_URI where ECS has set RELATIVE_URI too.</summary>
public sealed class BothUrisTests(AgentNetwork network) : ArrangementInTaskTests(network), IClassFixture<AgentNetwork>
{
    internal override Arrangement Row => Arrangement.RelativeToo;

    [Theory, MemberData(nameof(EveryClient))]
    public async Task The_client_stays_with_the_task_role_or_becomes_the_other(string id)
    {
        var (run, _) = await SeeAsync(id);
        Assert.True(run.Error is null, Describe(run));
    }
}

/// <summary>A profile whose credential_source is the container.</summary>
public sealed class CredentialSourceTests(AgentNetwork network) : ArrangementInTaskTests(network), IClassFixture<AgentNetwork>
{
    internal override Arrangement Row => Arrangement.CredentialSource;

    public static TheoryData<string> ClientsWithSts => Column.CredentialSource.Clients;

    [Theory, MemberData(nameof(ClientsWithSts))]
    public Task The_profile_starts_from_the_sidecars_session_or_it_does_not(string id) => SeeAsync(id);

    /// <summary>Some versions cannot be told where STS is when they assume the profile's role, so here they never reach it.</summary>
    internal override async Task<string> CellAsync(Client client, ClientRun run, int requests) => await RoleAsync(run) switch
    {
        Fails => requests > 0 ? "asks the sidecar" : Fails,
        "reader" => Works,
        { } key when client.ProviderOnly && key.StartsWith("ASIA", StringComparison.Ordinal) => Works,

        // The CRT goes on to the container by itself, after it asked once for the profile.
        "reports" => client.Id == "crtnode" && requests > 1 ? "asks the sidecar" : "ignored",
        { } other => other,
    };
}

/// <summary>Proxy variables that name a port without a listener, and no NO_PROXY.</summary>
public sealed class ProxyTests(TaskFixture task) : RingTests(task), IClassFixture<TaskFixture>
{
    [Theory, MemberData(nameof(ClientsOfFullUri))]
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
