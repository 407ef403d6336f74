using System.Text.Json.Nodes;
using CredentialSidecar.Conformance.Parts;
using CredentialSidecar.Testing.Processes;

namespace CredentialSidecar.Conformance.Clients;

/// <summary>What holds for every client: it becomes the role in the other account, and no setting of its own is in the way.</summary>
public abstract class IdentityTests(TaskFixture task) : IClassFixture<TaskFixture>
{
    internal TaskFixture Task => task;

    [Fact]
    public async Task A_sibling_is_the_assumed_role_in_the_other_account() =>
        AssertIsReports(await AskAsync(task.Sibling("reports")));

    [Fact]
    public async Task Two_hops_end_in_the_second_role()
    {
        var identity = Read(await AskAsync(task.Sibling("reader")));

        Assert.Equal("555566667777", identity.Account);
        Assert.Equal("arn:aws:sts::555566667777:assumed-role/reader/orders-2", identity.Arn);
    }

    [Fact]
    public async Task R12_The_token_is_taken_from_a_file()
    {
        await SkipUnlessTokenFilesAreReadAsync();

        AssertIsReports(await AskAsync(task.Sibling("reports", null,
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", null), ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", task.TokenFile))));
    }

    [Fact]
    public async Task R16_A_proxy_is_not_in_the_way_where_NO_PROXY_names_loopback()
    {
        var dead = $"http://127.0.0.1:{FreePort.Find()}";

        AssertIsReports(await AskAsync(task.Sibling("reports", null,
            ("HTTP_PROXY", dead), ("http_proxy", dead), ("HTTPS_PROXY", dead), ("https_proxy", dead),
            ("NO_PROXY", "127.0.0.1,localhost"), ("no_proxy", "127.0.0.1,localhost"))));
    }

    /// <summary>Calls GetCallerIdentity in a new process; skips the test where the client is not installed.</summary>
    internal abstract Task<ChildProcess.Ended> AskAsync(IReadOnlyDictionary<string, string?> environment, int calls = 1);

    internal abstract Task SkipUnlessTokenFilesAreReadAsync();

    internal static void AssertIsReports(ChildProcess.Ended ended) =>
        Assert.Equal(("555566667777", "arn:aws:sts::555566667777:assumed-role/reports/orders-1"), Read(ended));

    /// <summary>Twenty calls with one client: the smallest number at which no SDK's own retries hide a hammering one.</summary>
    internal async Task AssertTwentyCallsCauseOneGetAsync()
    {
        await using var siblings = Forwarder.To(task.Sidecar.Endpoint);
        var before = (await task.Emulator.CallsAsync()).Sts.Count(call => call.Action == "GetCallerIdentity");

        AssertIsReports(await AskAsync(task.Sibling("reports", siblings.Address), calls: 20));

        Assert.Equal(20, (await task.Emulator.CallsAsync()).Sts.Count(call => call.Action == "GetCallerIdentity") - before);
        Assert.Equal(1, siblings.Requests);
    }

    private static (string Account, string Arn) Read(ChildProcess.Ended ended)
    {
        Assert.True(ended.Code == 0, ended.ToString());
        var identity = JsonNode.Parse(ended.Output)!;
        return (identity["Account"]!.GetValue<string>(), identity["Arn"]!.GetValue<string>());
    }
}
